package dev.ragd.jobs.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process was asked to do.
 *
 * @param words the arguments that ragd was called with; empty when it was not called from a command line
 * @param folder where it was called: relative paths among the words start here
 */
public record Command(List<String> words, String folder) {

    private static final String JSON = "--json";

    public Command {
        words = List.copyOf(words);
    }

    /** The same command with its result for programs, as one JSON object, or for people. */
    public Command answering(boolean json) {
        Stream<String> others = words.stream().filter(word -> !word.equals(JSON));
        return new Command((json ? Stream.concat(Stream.of(JSON), others) : others).toList(), folder);
    }

    /** A command that was given in this process's folder. */
    public static Command here(String... words) {
        return new Command(List.of(words), Path.of("").toAbsolutePath().toString());
    }
}
