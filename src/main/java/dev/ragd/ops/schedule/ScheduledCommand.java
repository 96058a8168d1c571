package dev.ragd.ops.schedule;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is to run by itself.
 *
 * @param wrapper the script that runs ragd without a person, absolute
 * @param words the command, for example {@code index docs}
 * @param folder where relative paths among the words begin, absolute
 * @param home the home, absolute
 * @param variables what the environment must say besides, by name
 */
public record ScheduledCommand(
        Path wrapper, List<String> words, Path folder, Path home, Map<String, String> variables) {

    /**
     * Checks what neither a crontab nor a unit can hold.
     *
     * @throws IllegalArgumentException when a word has a line break or another control character
     */
    public ScheduledCommand {
        words = List.copyOf(words);
        variables = new TreeMap<>(variables);
        for (String word : words) {
            require(word);
        }
        for (Path path : List.of(wrapper, folder, home)) {
            require(path.toString());
        }
        variables.values().forEach(ScheduledCommand::require);
    }

    private static void require(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'" + text.replaceAll("\\p{Cntrl}", "?")
                    + "' has a line break or another control character, which a crontab cannot hold");
        }
    }

    /** The environment, the home included, by name. */
    Map<String, String> environment() {
        Map<String, String> all = new TreeMap<>(variables);
        all.put("RAGD_HOME", home.toString());
        return all;
    }

    /** The command for people. */
    String title() {
        return "ragd " + String.join(" ", words);
    }
}
