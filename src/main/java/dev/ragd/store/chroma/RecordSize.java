package dev.ragd.store.chroma;

import dev.ragd.store.MetadataValue;
import dev.ragd.store.VectorRecord;

/** How many bytes a record takes in the body of a write: an upper bound, never less than the truth. */
final class RecordSize {

    private static final int PUNCTUATION = 16;

    private RecordSize() {}

    static long of(VectorRecord r, boolean base64) {
        int components = r.vector() == null ? 0 : r.vector().length;
        long size = json(r.id()) + PUNCTUATION + (base64 ? components * 16L / 3 + 4 : components * 17L);
        size += r.text() == null ? 8 : json(r.text());
        for (var e : r.metadata().values().entrySet()) {
            size += json(e.getKey()) + value(e.getValue());
        }
        return size;
    }

    private static long value(MetadataValue value) {
        if (value instanceof MetadataValue.Text t) {
            return json(t.value());
        } else if (value instanceof MetadataValue.Items items) {
            return items.values().stream().mapToLong(RecordSize::value).sum();
        }
        return 28;
    }

    /** Quotes, separators and the characters as escaped UTF-8. */
    static long json(String s) {
        long size = 4;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || c == '\u2028' || c == '\u2029') {
                size += 6;
            } else {
                size += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        return size;
    }
}
