package dev.ragd.embed;

import java.util.List;

/** What may be embedded. */
final class Texts {

    private Texts() {}

    /** Refuses blank texts: a model gives them a vector all the same, one that is near to anything. */
    static void requireContent(List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new EmbedException(
                        "text " + i + " of " + texts.size() + " is blank: it has no meaning to embed", false, null);
            }
        }
    }
}
