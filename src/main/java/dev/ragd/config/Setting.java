package dev.ragd.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be set.
 *
 * @param key for example {@code storage.backend}
 * @param type the values it takes
 * @param fallback the text of its default; null when it has none
 * @param description one line for people
 * @param option its own command-line option, if it has one; {@code --set KEY=VALUE} works for every setting
 * @param secret true when its value must not be shown
 */
public record Setting<T>(
        String key,
        SettingType<T> type,
        @Nullable String fallback,
        String description,
        @Nullable String option,
        boolean secret) {

    /** What stands in place of a secret in any output. */
    public static final String MASK = "********";

    static <T> Setting<T> of(String key, SettingType<T> type, @Nullable String fallback, String description) {
        return new Setting<>(key, type, fallback, description, null, false);
    }

    Setting<T> withOption(String name) {
        return new Setting<>(key, type, fallback, description, name, secret);
    }

    Setting<T> asSecret() {
        return new Setting<>(key, type, fallback, description, option, true);
    }

    /** The environment variable that sets it, for example {@code RAGD_STORAGE_BACKEND}. */
    public String environmentVariable() {
        return "RAGD_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /**
     * Checks a value.
     *
     * @throws ConfigException when it is none that this setting takes; the message shows no secret
     */
    public T parse(String text, String where) {
        try {
            return type.parser().apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(new Problem(where, key, complaint(text)));
        }
    }

    /** The text, or the mask when it is a secret. */
    public String shown(String text) {
        return secret ? MASK : text;
    }

    private String complaint(String text) {
        String guess = Nearest.to(text, type.allowed())
                .map(word -> "; did you mean '" + word + "'?")
                .orElse("");
        return "expected " + type.expected() + ", but it is " + (secret ? "something else" : "'" + text + "'") + guess;
    }
}
