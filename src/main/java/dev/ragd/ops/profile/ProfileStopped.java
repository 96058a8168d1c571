package dev.ragd.ops.profile;

/** Somebody asked a profile to stop. */
public final class ProfileStopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProfileStopped() {
        super("the profile was stopped; nothing of it is left");
    }
}
