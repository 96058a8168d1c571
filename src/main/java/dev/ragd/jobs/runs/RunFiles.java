package dev.ragd.jobs.runs;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of all runs of a home: {@code <home>/jobs/runs/<id>.json}. Reading takes no lock and sees whole files only.
 * Thread-safe.
 */
public final class RunFiles {

    private static final Pattern NAME = Pattern.compile("([1-9][0-9]{0,17})\\.json");

    private final Path folder;

    /** @param jobsFolder {@code <home>/jobs}; need not exist */
    public RunFiles(Path jobsFolder) {
        this.folder = jobsFolder.resolve("runs");
    }

    /**
     * All runs that are remembered, the newest first. A file that cannot be read is left out: it is no part of anybody's
     * data.
     */
    public List<Run> list() {
        List<Run> runs = new ArrayList<>();
        for (long id : ids()) {
            find(id).ifPresent(runs::add);
        }
        return runs;
    }

    /** One run, as seen from outside. */
    public Optional<Run> find(long id) {
        try {
            return Optional.of(RunJson.read(Files.readAllBytes(file(id))).seen());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RunJson.NotReadable e) {
            return Optional.empty();
        }
    }

    /** The run that owns the home now. */
    public Optional<Run> running() {
        return list().stream().filter(r -> r.state() == Run.State.RUNNING).findFirst();
    }

    /** The number of the next run; only for who owns the home. */
    public long upcoming() {
        List<Long> ids = ids();
        return ids.isEmpty() ? 1 : ids.get(0) + 1;
    }

    /** Deletes what runs left half-written that were killed; only for who owns the home. */
    public void sweep() {
        AtomicFile.sweepFolder(folder);
    }

    void write(Run run) throws IOException {
        AtomicFile.write(file(run.id()), RunJson.write(run));
    }

    /** Forgets all but the newest runs of each job. */
    void keep(int runsPerJob) throws IOException {
        List<Run> all = list();
        for (String job : all.stream().map(Run::job).distinct().toList()) {
            List<Run> old = all.stream()
                    .filter(r -> r.job().equals(job))
                    .skip(runsPerJob)
                    .toList();
            for (Run run : old) {
                Files.deleteIfExists(file(run.id()));
            }
        }
    }

    private Path file(long id) {
        return folder.resolve(id + ".json");
    }

    private List<Long> ids() {
        List<Long> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    ids.add(Long.parseLong(name.group(1)));
                }
            });
        } catch (NoSuchFileException e) {
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read", e);
        }
        ids.sort(Comparator.reverseOrder());
        return ids;
    }
}
