package dev.ragd.app;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Origin;
import dev.ragd.config.Setting;
import dev.ragd.config.Settings;
import dev.ragd.embed.Embedder;
import dev.ragd.files.AtomicFile;
import dev.ragd.files.FileTree;
import dev.ragd.jobs.StopSignal;
import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.ProfileStopped;
import dev.ragd.ops.profile.ProfiledStore;
import dev.ragd.ops.profile.StoreTrial;
import dev.ragd.ops.profile.Trials;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Filter;
import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.ManagedChroma;
import dev.ragd.store.leann.LeannStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trials of stores as processes ({@link TrialProcess}), in a private folder of the home that is there from the beginning to the
 * end of this alone. A process is asked to stop when this one is, and ends by itself when this one is killed.
 */
final class TrialRuns implements Trials, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PATIENCE_MILLIS = 100;
    private static final int GRACE_SECONDS = 60;

    private final Home home;
    private final Settings settings;
    private final StopSignal stop;
    private final Path work;

    /** @param home whose owner lock the caller has */
    TrialRuns(Home home, Settings settings, StopSignal stop, Consumer<String> notes) {
        this.home = home;
        this.settings = settings;
        this.stop = stop;
        // A name of its own: what a killed profile started late must not find this one's files.
        this.work =
                home.profile().resolve(String.valueOf(ProcessHandle.current().pid()));
        try {
            AtomicFile.createPrivateFolder(home.profile());
            removeLeftovers(notes);
            AtomicFile.createPrivateFolder(work);
            Files.createFile(work.resolve(TrialProcess.LOCK));
        } catch (IOException e) {
            throw new UncheckedIOException(work + " cannot be created; check that the home is writable", e);
        }
    }

    private void removeLeftovers(Consumer<String> notes) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(home.profile())) {
            for (Path left : folders) {
                notes.accept("removing what a profile that was killed left in " + left);
                if (Files.isDirectory(left)) {
                    removeAfterLastTrial(left);
                } else {
                    remove(left);
                }
            }
        }
    }

    /**
     * The process of a profile that was killed notices that and ends, after the call of the store that it is in. One that had only
     * just been started waits for the lock that this has meanwhile, and finds the file gone.
     */
    private void removeAfterLastTrial(Path left) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        try (FileChannel channel = FileChannel.open(
                left.resolve(TrialProcess.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (System.nanoTime() < deadline) {
                try (FileLock lock = channel.tryLock()) {
                    if (lock != null) {
                        endServers(left);
                        remove(left);
                        return;
                    }
                }
                Thread.sleep(PATIENCE_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(left + " cannot be used; remove it by hand", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProfileStopped();
        }
        throw new StoreException.StoreBusy(
                "a process of the profile that was killed still works in " + left + "; end it, and try again");
    }

    /** The snapshot that the sample is copied to. */
    Path sample() {
        return work.resolve(TrialProcess.SAMPLE);
    }

    @Override
    public @Nullable String refusal(ProfiledStore store, CollectionInfo info, int withoutText) {
        if (!store.backend().equals(LeannStore.NAME)) {
            return null;
        }
        if (withoutText > 0) {
            return store.label() + " makes vectors anew from texts, but " + withoutText
                    + " records of the sample have no text; leave it out";
        }
        Optional<CollectionEmbedder> made = CollectionEmbedder.read(info);
        if (made.isEmpty()) {
            return store.label() + " makes vectors anew with the model that made them, but '" + info.name()
                    + "' does not say which did; leave it out";
        }
        try (Embedder configured = new ConfiguredModels(home, settings).configured()) {
            made.get().check(store.label(), info.name(), configured.id());
            return null;
        } catch (StoreException.EmbedderMismatch e) {
            return store.label() + " makes vectors anew with the configured model, but " + e.getMessage()
                    + "; or leave it out";
        }
    }

    @Override
    public Profile.Build build(ProfiledStore store) throws Failed {
        return run(store, TrialRequest.BUILD, 0, null, Profile.Build.class);
    }

    @Override
    public StoreTrial.Answers search(ProfiledStore store, int k, @Nullable Filter filter) throws Failed {
        return run(store, TrialRequest.SEARCH, k, filter, StoreTrial.Answers.class);
    }

    private <T> T run(ProfiledStore store, String half, int k, @Nullable Filter filter, Class<T> type) throws Failed {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, String> secrets = new LinkedHashMap<>();
        for (Setting<?> setting : Catalogue.all()) {
            settings.value(setting)
                    .filter(value -> value.origin() instanceof Origin.Option)
                    .ifPresent(value -> (setting.secret() ? secrets : given)
                            .put(setting.secret() ? setting.environmentVariable() : setting.key(), value.text()));
        }
        given.putAll(store.settings());
        try {
            Path request = work.resolve("request.json");
            Files.deleteIfExists(work.resolve(TrialProcess.RESULT));
            Files.deleteIfExists(work.resolve(TrialProcess.PROBLEM));
            AtomicFile.write(
                    request,
                    JSON.writeValueAsBytes(new TrialRequest(
                            half,
                            home.root().toString(),
                            work.toString(),
                            store.backend(),
                            given,
                            k,
                            filter == null ? null : filter.toString())));
            int code = await(request, secrets);
            if (stop.requested()) {
                throw new ProfileStopped();
            }
            Path result = work.resolve(TrialProcess.RESULT);
            if (code == 0 && Files.exists(result)) {
                return JSON.readValue(Files.readAllBytes(result), type);
            }
            Path problem = work.resolve(TrialProcess.PROBLEM);
            throw new Failed(
                    Files.exists(problem)
                            ? Files.readString(problem)
                            : "its process ended with " + code + " while it was to " + half
                                    + "; run the profile again with --verbose to see what it says");
        } catch (IOException e) {
            throw new UncheckedIOException(work + " cannot be used", e);
        }
    }

    /** A signal of the terminal reaches that process, too; of any other it hears by the end of its input. */
    private int await(Path request, Map<String, String> secrets) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        CommandProcess.commandLine(List.of("-D" + TrialProcess.PROPERTY + "=" + request), List.of()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT);
        builder.environment().putAll(secrets);
        Process process = builder.start();
        try {
            boolean told = false;
            while (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stop.requested() && !told) {
                    told = true;
                    process.getOutputStream().close();
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProfileStopped();
        } finally {
            process.getOutputStream().close();
            if (process.isAlive()) {
                end(process);
            }
        }
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void clear() {
        endServers(work);
        remove(work.resolve("data"));
    }

    private void endServers(Path folder) {
        Home own = home.withData(folder.resolve("data"));
        if (Files.isDirectory(own.data().resolve(ChromaStore.NAME))) {
            ManagedChroma.endStrays(Stores.managed(own, settings));
        }
    }

    @Override
    public void close() {
        clear();
        remove(work);
        try {
            Files.deleteIfExists(home.profile());
        } catch (IOException e) {
            throw new UncheckedIOException(home.profile() + " cannot be removed; remove it by hand", e);
        }
    }

    private static void remove(Path folder) {
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be removed; remove it by hand", e);
        }
    }
}
