package dev.ragd.ingest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.parser.txt.Icu4jEncodingDetector;
import org.apache.tika.parser.txt.UniversalEncodingDetector;
import org.jspecify.annotations.Nullable;

/** Tells text from binary data, and decodes it: byte order mark, strict UTF-8, then guesses at older encodings. */
final class PlainText {

    private static final int SAMPLE = 1 << 16;

    private PlainText() {}

    /**
     * Decodes a whole file.
     *
     * @return null when it is not text
     */
    static @Nullable String decode(byte[] bytes) {
        Charset marked = byteOrderMark(bytes);
        if (marked != null) {
            String text = new String(bytes, marked);
            return binary(text) ? null : text;
        }
        Charset wide = utf16WithoutMark(bytes);
        if (wide != null) {
            String text = new String(bytes, wide);
            return binary(text) ? null : text;
        }
        if (binary(bytes, bytes.length)) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return older(bytes);
        }
    }

    /** Whether the first bytes of a file may be text; says no only to what {@link #decode} would refuse. */
    static boolean mayBeText(byte[] head) {
        return byteOrderMark(head) != null || utf16WithoutMark(head) != null || !binary(head, head.length);
    }

    private static @Nullable Charset byteOrderMark(byte[] b) {
        int first = b.length < 2 ? 0 : ((b[0] & 0xFF) << 8) | (b[1] & 0xFF);
        return switch (first) {
            case 0xFEFF -> StandardCharsets.UTF_16BE;
            case 0xFFFE -> StandardCharsets.UTF_16LE;
            default -> null;
        };
    }

    /** Western text in two bytes per character has a zero in every other place. */
    private static @Nullable Charset utf16WithoutMark(byte[] b) {
        int n = Math.min(b.length, SAMPLE) & ~1;
        int even = 0;
        int odd = 0;
        for (int i = 0; i < n; i += 2) {
            even += b[i] == 0 ? 1 : 0;
            odd += b[i + 1] == 0 ? 1 : 0;
        }
        int half = n / 2;
        if (n < 8 || Math.min(even, odd) > half / 50) {
            return null;
        }
        if (even > half * 7 / 10) {
            return StandardCharsets.UTF_16BE;
        }
        return odd > half * 7 / 10 ? StandardCharsets.UTF_16LE : null;
    }

    /** NUL never occurs in text; other control characters are rare. */
    private static boolean binary(byte[] bytes, int length) {
        int controls = 0;
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (b == 0) {
                return true;
            }
            if ((b > 0 && b < ' ' && !common(b)) || b == 0x7F) {
                controls++;
            }
        }
        return controls * 200L > length;
    }

    private static boolean binary(String text) {
        int bad = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && !common(c)) || (c >= 0x7F && c < 0xA0 && c != 0x85) || c >= 0xFFFD) {
                bad++;
            } else if (Character.isSurrogate(c)) {
                if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    i++;
                } else {
                    bad++;
                }
            }
        }
        return bad * 100L > text.length();
    }

    /** Controls that text files do have: tab, line ends, form feed, backspace, escape, the end mark of old systems. */
    private static boolean common(int c) {
        return (c >= '\b' && c <= '\r') || c == 0x1B || c == 0x1A;
    }

    private static @Nullable String older(byte[] bytes) {
        String utf8 = new String(bytes, StandardCharsets.UTF_8);
        if (mostlyUtf8(utf8)) {
            return utf8;
        }
        Charset charset = guess(sample(bytes));
        String text = new String(bytes, charset);
        return binary(text) ? null : text;
    }

    /** One damaged character in a long UTF-8 file does not make it anything else. */
    private static boolean mostlyUtf8(String decoded) {
        int good = 0;
        int bad = 0;
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (c == '\uFFFD') {
                bad++;
            } else if (c >= 0x80) {
                good++;
            }
        }
        return good >= 10L * bad;
    }

    /** The lines that are not ASCII: these tell the encoding, however late they come. */
    private static byte[] sample(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(bytes.length, SAMPLE));
        int start = 0;
        boolean ascii = true;
        for (int i = 0; i < bytes.length && out.size() < SAMPLE; i++) {
            ascii &= bytes[i] >= 0;
            if (bytes[i] == '\n' || i == bytes.length - 1 || i - start > 4096) {
                if (!ascii) {
                    out.write(bytes, start, i + 1 - start);
                }
                start = i + 1;
                ascii = true;
            }
        }
        return out.toByteArray();
    }

    private static Charset guess(byte[] sample) {
        try {
            Charset charset = new UniversalEncodingDetector().detect(new ByteArrayInputStream(sample), new Metadata());
            if (charset == null) {
                charset = new Icu4jEncodingDetector().detect(new ByteArrayInputStream(sample), new Metadata());
            }
            // What calls itself Latin-1 is nearly always its Windows superset, as browsers know.
            return charset == null
                            || charset.equals(StandardCharsets.ISO_8859_1)
                            || charset.equals(StandardCharsets.UTF_8)
                    ? Charset.forName("windows-1252")
                    : charset;
        } catch (IOException e) {
            return Charset.forName("windows-1252");
        }
    }
}
