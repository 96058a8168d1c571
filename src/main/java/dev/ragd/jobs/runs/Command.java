package dev.ragd.jobs.runs;

import java.nio.file.Path;
import java.util.List;

/**
 * What a process was asked to do.
 *
 * @param words the arguments that ragd was called with; empty when it was not called from a command line
 * @param folder where it was called: relative paths among the words start here
 */
public record Command(List<String> words, String folder) {

    public Command {
        words = List.copyOf(words);
    }

    /** A command that was given in this process's folder. */
    public static Command here(String... words) {
        return new Command(List.of(words), Path.of("").toAbsolutePath().toString());
    }
}
