package dev.ragd.jobs.migrate;

/**
 * Something about one record that a person should know.
 *
 * @param detail why, or what differs
 */
record Finding(Kind kind, String id, String detail) {

    /** What kinds there are. */
    enum Kind {
        /** Deleted from the source after the plan was frozen, before it was copied. */
        VANISHED("vanished"),
        /** The target refuses it. */
        REJECTED("rejected"),
        /** Not in the target. */
        MISSING("missing"),
        /** In the target, but not in the plan. */
        EXTRA("extra"),
        /** In both, but not the same. */
        DIFFERENT("different"),
        /** Changed in the source after the plan was frozen, or refused in its new form: the target holds an older one. */
        CHANGED("changed");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** For reports. */
        String label() {
            return label;
        }
    }
}
