package dev.ragd.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A store as users name one: {@code chromadb}, or a kind and a place, {@code snapshot:/backups/2026}.
 *
 * @param kind what is before the colon
 * @param location absolute; null for a store that lives in the home or is configured
 */
public record StoreReference(String kind, @Nullable Path location) {

    /**
     * A kind of store that can be named.
     *
     * @param name for example {@code snapshot}
     * @param located true when a place belongs behind it
     */
    public record Kind(String name, boolean located) {
        @Override
        public String toString() {
            return located ? name + ":PATH" : name;
        }
    }

    public StoreReference {
        if (kind.isEmpty()) {
            throw new IllegalArgumentException("a store's name is empty");
        }
        location = location == null ? null : location.toAbsolutePath().normalize();
    }

    /** The store of a name, without a place. */
    public static StoreReference named(String name) {
        return new StoreReference(name, null);
    }

    /**
     * Reads a reference.
     *
     * @param kinds what there is
     * @throws IllegalArgumentException when it is none of these; the message lists them
     */
    public static StoreReference parse(String text, Collection<Kind> kinds) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String place = colon < 0 ? "" : text.substring(colon + 1);
        Kind kind =
                kinds.stream().filter(k -> k.name().equals(name)).findFirst().orElse(null);
        String list = kinds.stream().map(Kind::toString).collect(Collectors.joining(", "));
        if (kind == null) {
            throw new IllegalArgumentException("there is no store '" + text + "'; expected one of: " + list);
        }
        if (kind.located() == place.isEmpty()) {
            throw new IllegalArgumentException(
                    kind.located()
                            ? "'" + text + "' lacks its place; expected " + kind
                            : "'" + text + "' names a place, but " + name + " has none; expected one of: " + list);
        }
        try {
            return new StoreReference(name, kind.located() ? Path.of(place) : null);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + place + "' is no path: " + e.getReason(), e);
        }
    }

    /** True for a store that is carried about as files: its collections have no generations. */
    public boolean located() {
        return location != null;
    }

    /** The same for the same store, whatever was typed. */
    @Override
    public String toString() {
        return location == null ? kind : kind + ":" + location;
    }
}
