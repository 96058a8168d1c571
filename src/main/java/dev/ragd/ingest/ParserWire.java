package dev.ragd.ingest;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What goes through the pipes of a parser process. A request is a string, the file's URI (a path's own bytes, whatever
 * the locale). An answer is {@code 'D'}, the text, the properties; or {@code 'F'}, the reason, the message, the detail.
 * Strings are a length in bytes and UTF-8; integers are big-endian.
 */
final class ParserWire {

    /** Sent once by a process that is ready. */
    static final int READY = 0x72616764;

    /** What a process answers. */
    sealed interface Answer {}

    record Document(ParsedDocument document) implements Answer {}

    record Failure(ParseException.Reason reason, String message, String detail) implements Answer {}

    private ParserWire() {}

    static void writeString(DataOutputStream out, String s) throws IOException {
        byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String readString(DataInputStream in, int maxBytes) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > maxBytes) {
            throw new IOException("the parser process sent " + length + " bytes, at most " + maxBytes + " are allowed");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new java.io.EOFException();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void write(DataOutputStream out, Answer answer) throws IOException {
        if (answer instanceof Document d) {
            out.writeByte('D');
            writeString(out, d.document.text());
            out.writeInt(d.document.properties().size());
            for (Map.Entry<String, Object> e : d.document.properties().entrySet()) {
                writeString(out, e.getKey());
                if (e.getValue() instanceof Long n) {
                    out.writeByte('L');
                    out.writeLong(n);
                } else {
                    out.writeByte('S');
                    writeString(out, e.getValue().toString());
                }
            }
        } else if (answer instanceof Failure f) {
            out.writeByte('F');
            writeString(out, f.reason.name());
            writeString(out, f.message);
            writeString(out, f.detail);
        }
        out.flush();
    }

    static Answer read(DataInputStream in, int maxBytes) throws IOException {
        int kind = in.readByte();
        if (kind == 'F') {
            String reason = readString(in, 100);
            String message = readString(in, 1 << 20);
            String detail = readString(in, 1 << 20);
            try {
                return new Failure(ParseException.Reason.valueOf(reason), message, detail);
            } catch (IllegalArgumentException e) {
                throw new IOException("the parser process sent the reason " + reason, e);
            }
        }
        if (kind != 'D') {
            throw new IOException("the parser process sent an answer of kind " + kind);
        }
        String text = readString(in, maxBytes);
        int n = in.readInt();
        if (n < 0 || n > 1000) {
            throw new IOException("the parser process sent " + n + " properties");
        }
        Map<String, Object> properties = new HashMap<>();
        for (int i = 0; i < n; i++) {
            String key = readString(in, 1000);
            properties.put(key, in.readByte() == 'L' ? (Object) in.readLong() : readString(in, 1 << 16));
        }
        return new Document(new ParsedDocument(text, properties));
    }
}
