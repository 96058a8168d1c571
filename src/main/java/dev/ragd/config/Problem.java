package dev.ragd.config;

/**
 * Something wrong in the configuration.
 *
 * @param where the place to mend it, for example {@code /home/me/.ragd/config.yml line 3}
 * @param key the setting, as it was written; empty when the file as a whole is meant
 * @param message what was expected, what was found, what to do
 */
public record Problem(String where, String key, String message) {

    /** All of it in one line. */
    @Override
    public String toString() {
        return where + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
