package dev.ragd;

import dev.ragd.app.Application;
import dev.ragd.app.Logging;
import dev.ragd.app.PlainForm;
import dev.ragd.app.SpringJobs;
import dev.ragd.app.Termination;
import dev.ragd.app.Training;
import dev.ragd.app.TrialProcess;
import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.jobs.runs.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The program's entry point. */
public final class RagdApplication {

    private RagdApplication() {}

    /**
     * Runs one command, or one job in Spring Batch's own form: {@code --spring.batch.job.name=index path=...}.
     *
     * @param args the command line
     */
    public static void main(String[] args) throws IOException {
        setUpLogging(Arrays.asList(args).contains("--verbose"));
        // Otherwise picocli looks for a class of Groovy, which opens every jar to find none.
        System.setProperty("picocli.disable.closures", "true");
        String training = System.getProperty(Training.PROPERTY);
        if (training != null) {
            Training.run(training.equals(Training.COMMANDS));
            return;
        }
        Termination termination = new Termination();
        Console console = Console.system();
        String trial = System.getProperty(TrialProcess.PROPERTY);
        if (trial != null) {
            System.exit(TrialProcess.run(Path.of(trial), System.getenv(), termination, console.err()::println));
        }
        Application application = new Application(new SpringJobs(termination, Command.here(args)));
        int code = new RagdCli(console, System.getenv(), application)
                .run(PlainForm.matches(args) ? PlainForm.toCommand(args) : args);
        termination.finished();
        System.exit(code);
    }

    /** Before any library logs: logging is ours to set up, not Spring's, which would write to standard output. */
    private static void setUpLogging(boolean verbose) {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty(Logging.VERBOSE, String.valueOf(verbose));
        if (!verbose) { // nobody listens, so Logback need not even be loaded
            System.setProperty("slf4j.internal.verbosity", "WARN");
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        }
    }
}
