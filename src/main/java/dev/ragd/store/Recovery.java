package dev.ragd.store;

import java.util.List;

/**
 * What could be read of a collection that its own program does not serve any more.
 *
 * @param withoutVector records whose vector is lost: a read that asks for vectors returns them with a null vector
 * @param notes sentences for people: what was found, what was not, and why
 */
public record Recovery(long withoutVector, List<String> notes) {

    /** Everything that was written is there. */
    public static final Recovery COMPLETE = new Recovery(0, List.of());

    public Recovery {
        notes = List.copyOf(notes);
    }
}
