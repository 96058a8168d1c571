package dev.ragd.app;

import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.runs.Command;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command in a process of its own, with the console of this one: the only way in Java to run it in another folder. Signals
 * that this process gets are passed on.
 */
final class CommandProcess {

    /** System property: the script that started this program. */
    private static final String LAUNCHER = "ragd.launcher";

    private static final String SHORT_CLASS_PATH = "commands.jar";
    private static final String WHOLE_CLASS_PATH = "ragd.jar";

    private final Termination termination;

    CommandProcess(Termination termination) {
        this.termination = termination;
    }

    /** @return the exit code */
    int run(Home home, Command command) {
        Path folder = Path.of(command.folder());
        if (!Files.isDirectory(folder)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "the folder " + folder + ", where the command was given, is gone; give it again from another one",
                    null);
        }
        ProcessBuilder builder = new ProcessBuilder(again(command.words()))
                .directory(folder.toFile())
                .inheritIO();
        builder.environment().put(Home.VARIABLE, home.root().toString());
        try {
            Process process = builder.start();
            // Ctrl-C reaches both by itself.
            termination.onSignal(signal -> {
                if (signal == ExitCode.TERMINATED) {
                    process.destroy();
                }
            });
            return process.waitFor();
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, "the command cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ExitCode.FAILED, "interrupted while the command runs", e);
        }
    }

    /** By the script where there is one: it knows which flags suit the command. It becomes Java, so signals reach that. */
    private static List<String> again(List<String> words) {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher == null || !Files.isExecutable(Path.of(launcher))) {
            return commandLine(List.of(), words);
        }
        List<String> line = new ArrayList<>(words);
        line.add(0, launcher);
        return line;
    }

    /**
     * How this program is started again, by the same Java with the same flags.
     *
     * @param flags more flags for Java
     */
    static List<String> commandLine(List<String> flags, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-XX:SharedArchiveFile")) // made for another class path
                .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
                .forEach(line::add);
        line.addAll(flags);
        line.addAll(program());
        line.addAll(arguments);
        return line;
    }

    /** This program, with its whole class path: commands that run no job are started with a part of it. */
    private static List<String> program() {
        String given = System.getProperty("java.class.path");
        if (given.contains(File.pathSeparator) || !given.endsWith(".jar")) {
            return List.of("-cp", given, "dev.ragd.RagdApplication");
        }
        Path jar = Path.of(given).toAbsolutePath();
        return List.of(
                "-jar", (jar.endsWith(SHORT_CLASS_PATH) ? jar.resolveSibling(WHOLE_CLASS_PATH) : jar).toString());
    }
}
