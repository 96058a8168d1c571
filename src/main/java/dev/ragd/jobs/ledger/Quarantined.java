package dev.ragd.jobs.ledger;

import java.util.List;
import java.util.stream.Stream;

/**
 * A file that could not be indexed; the next run tries it again.
 *
 * @param path absolute
 * @param reason for people
 */
public record Quarantined(String path, String reason) {

    /** A mail or a screen is not to be filled. */
    public static final int LISTED = 20;

    /** The first of them, a line each, and how many more there are. */
    public static List<String> remarks(List<Quarantined> files) {
        Stream<String> first =
                files.stream().limit(LISTED).map(file -> "quarantined: " + file.path + ": " + file.reason);
        return files.size() <= LISTED
                ? first.toList()
                : Stream.concat(first, Stream.of("and " + (files.size() - LISTED) + " more are quarantined"))
                        .toList();
    }
}
