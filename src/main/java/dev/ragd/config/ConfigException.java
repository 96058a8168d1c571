package dev.ragd.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is wrong; nothing was started or changed. */
public final class ConfigException extends RuntimeException {

    @SuppressWarnings("serial") // never serialised
    private final List<Problem> problems;

    public ConfigException(Problem problem) {
        this(List.of(problem));
    }

    /** @param problems at least one */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
