package dev.ragd.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document of which a part is made by a test. */
public final class GeneratedText {

    /** Given as {@code -Ddocs.write=true}, it writes the documents instead of comparing them. */
    private static final boolean WRITE = Boolean.getBoolean("docs.write");

    private GeneratedText() {}

    /**
     * Compares a whole document with what it should be.
     *
     * @param command makes it anew
     */
    public static void check(Path document, String expected, String command) throws IOException {
        if (WRITE) {
            Files.writeString(document, expected);
        }
        assertThat(Files.readString(document))
                .as("%s is out of date; make it anew with: %s -Ddocs.write=true", document, command)
                .isEqualTo(expected);
    }

    /** The document with another text between two lines that stay. */
    public static String replaced(Path document, String from, String to, String text) throws IOException {
        String all = Files.readString(document);
        int begin = all.indexOf(from + "\n");
        int end = all.indexOf(to, begin);
        assertThat(begin).as("%s has no line %s", document, from).isNotNegative();
        assertThat(end).as("%s has no line %s", document, to).isNotNegative();
        return all.substring(0, begin + from.length() + 1) + text + all.substring(end);
    }
}
