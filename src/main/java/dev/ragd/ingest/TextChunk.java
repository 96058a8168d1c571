package dev.ragd.ingest;

/**
 * A window of a text.
 *
 * @param start UTF-16 index of its first unit in the extracted text
 * @param end UTF-16 index after its last unit
 * @param text exactly {@code extracted.substring(start, end)}
 * @param tokens how many tokens of the model it holds
 */
public record TextChunk(int start, int end, String text, int tokens) {}
