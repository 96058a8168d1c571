package dev.ragd.jobs.repair;

import org.jspecify.annotations.Nullable;

/**
 * Something about one record that an audit found.
 *
 * @param id of the record
 * @param path of the file it belongs to; null when that is not known
 * @param detail for people
 */
public record AuditFinding(
        AuditKind kind, String id, @Nullable String path, String detail) {}
