package dev.ragd.store.documents;

/**
 * The code that a record is to have from now on.
 *
 * @param id of the record; there need be none
 * @param code the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never kept
public record RecordCode(String id, byte[] code) {}
