package dev.ragd.html;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The frame of a page, and other people's text made harmless. */
public final class Page {

    private Page() {}

    /**
     * A whole page.
     *
     * @param title plain text
     * @param body HTML
     */
    public static String of(String title, String body) {
        return "<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
                + "<meta name='viewport' content='width=device-width, initial-scale=1'>\n<title>" + escape(title)
                + "</title>\n<style>\n" + style() + "</style>\n</head>\n<body>\n<main>\n" + body
                + "</main>\n</body>\n</html>\n";
    }

    /** Text as it is to be read, in an element or an attribute. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String style() {
        try (InputStream css = Objects.requireNonNull(Page.class.getResourceAsStream("page.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
