package dev.ragd.jobs.migrate;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.MigrationMark;
import dev.ragd.catalog.Provenance;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.EmbedderId;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.RecordBytes;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.Recovery;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds everything that stands in the way of a migration, before anything is written anywhere. What cannot be known from a
 * look at the first records - one record among a million that is too large - is found when its turn comes.
 */
final class Preflight {

    private static final int SAMPLE = 200;
    /** Stores keep indexes and logs beside the records. */
    private static final double OVERHEAD = 2.0;

    private final MigrateRun run;
    private final Problems problems = new Problems();
    private final List<String> notes = new ArrayList<>();

    Preflight(MigrateRun run) {
        this.run = run;
    }

    /** What is known of the source. */
    private record Source(
            CollectionInfo info,
            Set<Capability> capabilities,
            boolean quantised,
            long count,
            CollectionEmbedder embedder,
            Recovery recovery,
            List<VectorRecord> sample,
            double recordsPerSecond) {}

    /**
     * Checks.
     *
     * @throws JobException with every problem in its message
     */
    Checked check() {
        run.request().contradictions().forEach(problem -> problems.add(ExitCode.USAGE, problem));
        Source source = source();
        problemsOfTheSource(source);
        Target target = source == null ? null : target(source);
        long bytes = source == null ? 0 : recordBytes(source.sample());
        if (source != null) {
            requireSpace(source.count() * bytes);
        }
        problems.orThrow();
        if (source == null || target == null) {
            throw new IllegalStateException("a problem was not told");
        }
        return new Checked(
                source.info(), target, source.embedder(), source.count(), bytes, source.recordsPerSecond(), notes);
    }

    private @Nullable Source source() {
        try {
            VectorStore store = run.resources().source();
            Optional<CollectionInfo> found = store.find(run.sourceName());
            if (found.isEmpty()) {
                String there = String.join(
                        ", ",
                        store.list().stream()
                                .map(CollectionInfo::name)
                                .limit(10)
                                .toList());
                problems.add(
                        ExitCode.USAGE,
                        "the source " + run.request().from() + " has no collection '" + run.sourceName() + "'; it has "
                                + (there.isEmpty() ? "none at all" : there)
                                + (there.isEmpty() || run.request().compact() ? "" : "; name one with --collection"));
                return null;
            }
            try (VectorCollection collection = store.open(run.sourceName())) {
                return look(found.get(), collection);
            }
        } catch (StoreException e) {
            problems.add("source", e);
            return null;
        } catch (EmbedException e) {
            problems.add(ExitCode.FAILED, "the model for --reembed: " + e.getMessage());
            return null;
        }
    }

    private Source look(CollectionInfo info, VectorCollection collection) {
        Set<Capability> capabilities = collection.capabilities();
        boolean vectors = capabilities.contains(Capability.VECTORS);
        long started = System.nanoTime();
        List<VectorRecord> sample = collection
                .scan(new ScanRequest(vectors ? Field.ALL : Set.of(Field.TEXT, Field.METADATA), null, null, SAMPLE))
                .records();
        double seconds = Math.max(1e-6, (System.nanoTime() - started) / 1e9);
        int dimension = info.dimension()
                .orElseGet(() -> sample.stream()
                        .filter(r -> r.vector() != null)
                        .mapToInt(r -> r.vector() == null ? 0 : r.vector().length)
                        .findFirst()
                        .orElse(0));
        return new Source(
                info,
                capabilities,
                collection.vectorError() > 0,
                collection.count(),
                embedder(info, dimension),
                collection.recovery(),
                sample,
                sample.size() / seconds);
    }

    private CollectionEmbedder embedder(CollectionInfo info, int dimension) {
        if (!run.request().reembed()) {
            return CollectionEmbedder.read(info).orElse(new CollectionEmbedder("", "", dimension));
        }
        EmbedderId id = run.resources().embedder().id();
        if (id.dimension() == 0) { // a remote model says it with its first vector
            run.resources().embedder().embedQuery("dimension");
            id = run.resources().embedder().id();
        }
        return CollectionEmbedder.of(id);
    }

    private void problemsOfTheSource(@Nullable Source source) {
        if (source == null) {
            return;
        }
        MigrateRequest request = run.request();
        String name = run.request().from() + " collection '" + source.info().name() + "'";
        if (source.count() == 0 && !request.allowEmpty()) {
            problems.add(ExitCode.REFUSED, "the source " + name + " is empty; if that is meant, add --allow-empty");
        }
        if (source.embedder().dimension() == 0) {
            problems.add(
                    ExitCode.USAGE,
                    "the source " + name
                            + " was never written to: it does not know how many components its vectors have");
        }
        if (request.compact() && !Provenance.isOurs(source.info())) {
            problems.add(
                    ExitCode.REFUSED,
                    name
                            + " was made by another program, which would not find it under its new name; copy it with 'ragd"
                            + " migrate' and --to-collection");
        }
        if (!request.reembed() && !source.capabilities().contains(Capability.VECTORS)) {
            problems.add(
                    ExitCode.USAGE,
                    "the source " + request.from() + " does not give vectors back; add --reembed to make them anew from"
                            + " the texts"
                            + lines(source.recovery()));
        }
        if (request.reembed()
                && !source.sample().isEmpty()
                && source.sample().stream().allMatch(r -> r.text() == null)) {
            problems.add(ExitCode.USAGE, "the source " + name + " holds no texts: there is nothing to embed anew");
        }
        notes.addAll(source.recovery().notes());
        problemOfLostVectors(source, name);
        if (request.compact()) {
            return; // what is written anew is as finished as it was
        }
        MigrationMark.read(source.info()).filter(o -> isUnfinished(o, source)).ifPresent(o -> {
            String text = "the source " + name + " is what a migration from " + o.source()
                    + " left unfinished: it holds " + source.count() + " of " + o.records()
                    + " records, and nobody has verified it";
            if (request.allowPartial()) {
                notes.add(text);
            } else {
                problems.add(
                        ExitCode.REFUSED,
                        text + "; finish that migration first, or go on all the same with --allow-partial");
            }
        });
    }

    private void problemOfLostVectors(Source source, String name) {
        long lost = source.recovery().withoutVector();
        boolean needed = !run.request().reembed() && source.capabilities().contains(Capability.VECTORS);
        if (lost == 0 || !needed) {
            return;
        }
        String text =
                "the vectors of " + lost + " of the " + source.count() + " records of the source " + name + " are lost";
        if (run.request().allowPartial()) {
            notes.add(text + ": these records are left out");
        } else {
            problems.add(
                    ExitCode.REFUSED,
                    text + "; make all vectors anew from the texts with --reembed, or leave these records out with"
                            + " --allow-partial"
                            + lines(source.recovery()));
        }
    }

    /** Why, a line each. */
    private static String lines(Recovery recovery) {
        return recovery.notes().stream().map(note -> "\n    " + note).collect(Collectors.joining());
    }

    private boolean isUnfinished(MigrationMark mark, Source source) {
        return mark.isUnfinished(source.count()) && (mark.state() != null || !isInUse(source));
    }

    /** True for a generation in use or kept for a rollback, which may have lost records since as any collection may. */
    private boolean isInUse(Source source) {
        return run.generations().all().stream()
                .filter(g -> g.backend().equals(run.request().from().toString()))
                .anyMatch(g -> g.physical().equals(source.info().name())
                        || source.info().name().equals(g.previous()));
    }

    private @Nullable Target target(Source source) {
        try {
            VectorStore store = run.resources().target();
            if (store.readOnly()) {
                throw new StoreException.ReadOnly(store.name());
            }
            Target target = new TargetChoice(run, problems, isToBeQuantised(source))
                    .choose(store, source.info(), source.embedder());
            if (!store.capabilities().isEmpty()) { // else it is not there yet, and says nothing
                problemsOfTheTarget(store, source);
                problemsOfItsVectors(store, source, target);
            }
            return target;
        } catch (StoreException e) {
            problems.add("target", e);
            return null;
        }
    }

    private void problemsOfTheTarget(VectorStore store, Source source) {
        boolean lists = source.sample().stream()
                .anyMatch(r -> r.metadata().values().values().stream().anyMatch(MetadataValue.Items.class::isInstance));
        if (lists && !store.capabilities().contains(Capability.LIST_METADATA)) {
            String text = "records hold lists in their metadata, which the target "
                    + run.request().to() + " cannot keep: they would be rejected";
            if (run.request().allowPartial()) {
                notes.add(text);
            } else {
                problems.add(
                        ExitCode.USAGE,
                        text + "; choose a store that keeps lists, or leave these records out with --allow-partial");
            }
        }
    }

    /**
     * A target that makes vectors anew takes those of its own model only, which is the configured one; if it is not to keep
     * them as codes.
     */
    private void problemsOfItsVectors(VectorStore store, Source source, @Nullable Target target) {
        if (store.capabilities().contains(Capability.FOREIGN_VECTORS)) {
            if (run.request().keepQuantised()) {
                problems.add(
                        ExitCode.USAGE,
                        "--keep-quantised: the target " + run.request().to()
                                + " keeps vectors as they are; leave it out");
            }
            return;
        }
        if (target == null ? isToBeQuantised(source) : target.quantised()) {
            notes.add("the target " + run.request().to() + " keeps vectors as short codes and cannot make them again:"
                    + " what is read back is near to what was written, not the same");
            return;
        }
        problemsOfItsModel(source);
    }

    /** When that is asked for, or what is written anew is so already. */
    private boolean isToBeQuantised(Source source) {
        return run.request().keepQuantised() || (run.request().compact() && source.quantised());
    }

    private void problemsOfItsModel(Source source) {
        CollectionEmbedder made = source.embedder();
        CollectionEmbedder own =
                CollectionEmbedder.of(run.resources().embedder().id());
        if (!made.fingerprint().isEmpty() && !made.fingerprint().equals(own.fingerprint())) {
            problems.add(
                    ExitCode.REFUSED,
                    "the target " + run.request().to() + " keeps no vectors but makes them anew with " + own.describe()
                            + ", and those of the source were made by " + made.describe()
                            + "; embed the texts anew with --reembed, configure the source's model, or keep the vectors"
                            + " as short codes with --keep-quantised");
        }
        if (source.sample().stream().anyMatch(r -> r.text() == null)) {
            String text = "records have no text, and the target "
                    + run.request().to() + " makes vectors anew from texts: they would be rejected";
            if (run.request().allowPartial()) {
                notes.add(text);
            } else {
                problems.add(
                        ExitCode.USAGE,
                        text
                                + "; choose a store that keeps vectors, keep them as short codes with --keep-quantised, or leave"
                                + " these records out with --allow-partial");
            }
        }
    }

    private void requireSpace(long bytes) {
        long free = run.resources().freeBytes();
        long needed = (long) (OVERHEAD * bytes);
        if (free < needed) {
            problems.add(
                    ExitCode.FAILED,
                    String.format(
                            Locale.ROOT,
                            "the target needs about %,d MB, but its disk has %,d MB free; make room",
                            needed >> 20,
                            free >> 20));
        }
    }

    private static long recordBytes(List<VectorRecord> sample) {
        return sample.isEmpty()
                ? 1
                : Math.max(1, sample.stream().mapToLong(RecordBytes::of).sum() / sample.size());
    }
}
