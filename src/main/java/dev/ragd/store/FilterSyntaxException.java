package dev.ragd.store;

/** A filter that cannot be read. The message is meant for the person who wrote it. */
public final class FilterSyntaxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int CONTEXT = 60;

    private final int position;

    private FilterSyntaxException(String message, int position) {
        super(message);
        this.position = position;
    }

    /**
     * A mistake in a text.
     *
     * @param source the whole text
     * @param position where the mistake begins, in UTF-16 units from 0; the text's length for its end
     * @param problem what was expected and what was found
     */
    static FilterSyntaxException at(String source, int position, String problem) {
        int from = Math.max(0, position - CONTEXT);
        int to = Math.min(source.length(), position + CONTEXT);
        // One line however the text was written, so that the caret stands below its character.
        String line = source.substring(from, to).replaceAll("\\s", " ");
        String lead = source.substring(from, position);
        String caret = " ".repeat(lead.codePointCount(0, lead.length())) + "^";
        int column = 1 + source.codePointCount(0, position);
        return new FilterSyntaxException(
                "filter, column " + column + ": " + problem + "\n  " + line + "\n  " + caret, position);
    }

    /**
     * A mistake in JSON.
     *
     * @param path where, for example {@code $.year.$in[2]}
     */
    static FilterSyntaxException inJson(String path, String problem) {
        return new FilterSyntaxException("JSON filter at " + path + ": " + problem, -1);
    }

    /** Where the mistake begins in the text, in UTF-16 units from 0; -1 for JSON, whose message has a path instead. */
    public int position() {
        return position;
    }
}
