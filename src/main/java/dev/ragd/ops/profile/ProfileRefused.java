package dev.ragd.ops.profile;

/** The request cannot be fulfilled; nothing was measured. The message says what to ask for instead. */
public final class ProfileRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProfileRefused(String message) {
        super(message);
    }
}
