package dev.ragd.store;

import java.util.Set;

/** The parts of a record that a read asks for; the id always comes. */
public enum Field {
    VECTOR,
    TEXT,
    METADATA;

    /** Everything. */
    public static final Set<Field> ALL = Set.of(VECTOR, TEXT, METADATA);
    /** The ids alone. */
    public static final Set<Field> NONE = Set.of();
}
