package dev.ragd.cli;

import dev.ragd.config.ConfigException;
import dev.ragd.config.Problem;
import dev.ragd.embed.EmbedException;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.store.StoreException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * How a command failed, for people and for programs.
 *
 * <p>With {@code --json} stdout holds one object, {@code {"error":{code, kind, message, retryable, problems[]}}}; the same
 * message is on stderr. {@code kind} is {@code Usage}, {@code Configuration}, {@code Model}, {@code Job}, {@code File},
 * {@code Memory}, {@code Defect}, or the name of a {@link StoreException}.
 *
 * @param retryable the same command may succeed later without anything being changed
 * @param problems all that is wrong in the configuration; otherwise empty
 */
record Failure(ExitCode code, String kind, String message, boolean retryable, List<Problem> problems) {

    static Failure of(Throwable thrown) {
        if (thrown instanceof ParameterException e) {
            return new Failure(ExitCode.USAGE, "Usage", message(e), false, List.of());
        } else if (thrown instanceof ConfigException e) {
            return new Failure(ExitCode.USAGE, "Configuration", message(e), false, e.problems());
        } else if (thrown instanceof StoreException e) {
            return new Failure(ExitCode.of(e), e.getClass().getSimpleName(), message(e), e.retryable(), List.of());
        } else if (thrown instanceof EmbedException e) {
            return new Failure(ExitCode.FAILED, "Model", message(e), e.retryable(), List.of());
        } else if (thrown instanceof JobException e) {
            return new Failure(ExitCode.of(e), "Job", message(e), isResumable(e.exitCode()), List.of());
        } else if (thrown instanceof UncheckedIOException e) {
            return new Failure(ExitCode.FAILED, "File", message(e) + cause(e), false, List.of());
        } else if (thrown instanceof OutOfMemoryError) {
            String advice = "out of memory (" + thrown.getMessage()
                    + "); give it more, for example: RAGD_JAVA_OPTS=-Xmx1g ragd ...";
            return new Failure(ExitCode.FAILED, "Memory", advice, false, List.of());
        }
        String defect = "this is a defect in ragd: " + thrown
                + "; run the command again with --verbose and report what it prints";
        return new Failure(ExitCode.FAILED, "Defect", defect, false, List.of());
    }

    private static boolean isResumable(ExitCode code) {
        return code == ExitCode.BUSY || code == ExitCode.INTERRUPTED || code == ExitCode.TERMINATED;
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String cause(Throwable e) {
        return e.getCause() == null ? "" : " (" + e.getCause() + ")";
    }

    /** The object for {@code --json}. */
    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", code.code());
        error.put("kind", kind);
        error.put("message", message);
        error.put("retryable", retryable);
        if (!problems.isEmpty()) {
            error.put("problems", problems.stream().map(Failure::toJson).toList());
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("error", error);
        return object;
    }

    /** A problem as {@code config validate --json} shows it too. */
    static Map<String, Object> toJson(Problem problem) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("where", problem.where());
        fields.put("key", problem.key());
        fields.put("message", problem.message());
        return fields;
    }
}
