package dev.ragd.app;

import dev.ragd.config.ConfigException;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.embed.EmbedException;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.profile.ProfileStopped;
import dev.ragd.ops.profile.StoreTrial;
import dev.ragd.store.Filter;
import dev.ragd.store.FilterParser;
import dev.ragd.store.StoreException;
import dev.ragd.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * One half of a store's trial, as a process of its own: {@code java -Dragd.trial=REQUEST ...}. Writes what it found beside the
 * request, or the message of what went wrong. Ends when its standard input does, because whoever started it is gone then.
 */
public final class TrialProcess {

    /** The system property that asks for it; its value is the file of a {@link TrialRequest}. */
    public static final String PROPERTY = "ragd.trial";

    static final String SAMPLE = "sample";
    static final String RESULT = "result.json";
    static final String PROBLEM = "problem.txt";

    /** The file that a process has locked from before its first write in the folder to after its last. */
    static final String LOCK = "trial.lock";

    private static final JsonMapper JSON = JsonMapper.shared();

    private TrialProcess() {}

    /**
     * Runs.
     *
     * @param environment of the process
     * @param termination asked to tell of signals
     * @param notes told in one line what takes long
     * @return the exit code
     */
    public static int run(
            Path request, Map<String, String> environment, Termination termination, Consumer<String> notes) {
        AtomicBoolean stop = new AtomicBoolean();
        termination.onSignal(reason -> stop.set(true));
        watchParent(stop);
        try {
            return measure(JSON.readValue(Files.readAllBytes(request), TrialRequest.class), environment, stop, notes);
        } catch (IOException e) {
            notes.accept(request + " cannot be used: " + e); // whoever asked was killed, and the next one tidied up
            return ExitCode.FAILED.code();
        } finally {
            termination.finished();
        }
    }

    private static int measure(
            TrialRequest trial, Map<String, String> environment, AtomicBoolean stop, Consumer<String> notes)
            throws IOException {
        Path work = Path.of(trial.work());
        try (FileChannel here = FileChannel.open(work.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = here.lock()) {
            Objects.requireNonNull(lock);
            if (Files.notExists(work.resolve(LOCK))) {
                throw new NoSuchFileException(work.toString(), null, "removed while this process began");
            }
            return report(work, trial, environment, stop, notes);
        }
    }

    private static int report(
            Path work, TrialRequest trial, Map<String, String> environment, AtomicBoolean stop, Consumer<String> notes)
            throws IOException {
        try {
            AtomicFile.write(work.resolve(RESULT), JSON.writeValueAsBytes(found(trial, environment, stop, notes)));
            return ExitCode.DONE.code();
        } catch (ProfileStopped e) {
            return ExitCode.TERMINATED.code();
        } catch (StoreException | EmbedException | ConfigException | UncheckedIOException | OutOfMemoryError e) {
            String message = e instanceof OutOfMemoryError ? "out of memory: " + e.getMessage() : e.getMessage();
            AtomicFile.write(work.resolve(PROBLEM), String.valueOf(message).getBytes(StandardCharsets.UTF_8));
            return ExitCode.FAILED.code();
        }
    }

    private static void watchParent(AtomicBoolean stop) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is said
                        }
                    } catch (IOException e) {
                        // as good as its end
                    }
                    stop.set(true);
                },
                "ragd-parent");
        watch.setDaemon(true);
        watch.start();
    }

    private static Object found(
            TrialRequest trial, Map<String, String> environment, AtomicBoolean stop, Consumer<String> notes) {
        Path work = Path.of(trial.work());
        Home users = new Home(Path.of(trial.home()));
        Home home = users.withData(work.resolve("data"));
        Map<String, Map.Entry<String, String>> options = new LinkedHashMap<>();
        trial.settings().forEach((key, value) -> options.put(key, Map.entry("profile", value)));
        Settings settings = Settings.resolve(ConfigFile.read(users.configFile()), environment, options)
                .orThrow();
        ConfiguredModels models = new ConfiguredModels(home, settings);
        StoreTrial halves = new StoreTrial(() -> Stores.openOwn(trial.backend(), models, notes), stop::get);
        try (SnapshotStore sample = SnapshotStore.openToRead(work.resolve(SAMPLE))) {
            if (trial.half().equals(TrialRequest.BUILD)) {
                return halves.build(sample, home.data());
            }
            Filter filter = trial.filter() == null ? null : FilterParser.parse(trial.filter());
            return halves.search(sample, trial.k(), filter);
        }
    }
}
