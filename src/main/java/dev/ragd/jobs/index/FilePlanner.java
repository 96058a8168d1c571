package dev.ragd.jobs.index;

import dev.ragd.ingest.ParseException;
import dev.ragd.ingest.ParsedDocument;
import dev.ragd.ingest.TextChunk;
import dev.ragd.jobs.index.FileHash.Outside;
import dev.ragd.jobs.index.FilePlan.Action;
import dev.ragd.jobs.index.FilePlan.ChunkPlan;
import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a line of the plan into the chunks its file is to have: parses and chunks it, and compares with the ledger, so
 * that only what changed is written and only what is new is embedded.
 */
final class FilePlanner {

    private static final int READS_OF_A_CHANGING_FILE = 3;

    private final CollectionRun run;
    private final Ledger ledger;
    private final PlanHead head;
    private final VectorCollection collection;

    FilePlanner(CollectionRun run, Ledger ledger, PlanHead head) {
        this.run = run;
        this.ledger = ledger;
        this.head = head;
        this.collection = run.collection(head);
    }

    /**
     * Plans one file.
     *
     * @throws ParseException when it goes into quarantine
     */
    FilePlan plan(Work work) throws ParseException {
        if (work.kind() == Work.Kind.REPORT) {
            throw new ParseException(ParseException.Reason.UNREADABLE, String.valueOf(work.detail()), null);
        }
        Path file = Path.of(work.path());
        try {
            for (int i = 0; i < READS_OF_A_CHANGING_FILE; i++) {
                Outside before = Outside.of(file);
                FilePlan plan = plan(work, file);
                FileEntry read = plan.file();
                if (before.equals(new Outside(read.bytes(), read.modified())) && before.equals(Outside.of(file))) {
                    return plan;
                }
            }
        } catch (NoSuchFileException e) {
            throw new ParseException(ParseException.Reason.VANISHED, file + " is not there any more", e);
        } catch (IOException e) {
            throw new ParseException(ParseException.Reason.UNREADABLE, file + " cannot be read: " + reason(e), e);
        }
        throw new ParseException(
                ParseException.Reason.VANISHED,
                file + " changed each time while it was read; the next run tries again",
                null);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
    }

    private FilePlan plan(Work work, Path file) throws ParseException, IOException {
        if (work.kind() == Work.Kind.RENAME) {
            FileHash hash = FileHash.of(file);
            FilePlan takeOver = hash.sha256().equals(work.sha256()) ? takeOver(work, hash) : null;
            if (takeOver != null) {
                return takeOver;
            }
        }
        // Parsed before it is hashed: a film or a disk image is refused by its size or first bytes, and that at every
        // run.
        ParsedDocument document = run.resources().parser().parse(file);
        try {
            return plan(work, file, document);
        } catch (IllegalArgumentException e) {
            throw new ParseException(
                    ParseException.Reason.CORRUPT, "what was read of it cannot be kept: " + e.getMessage(), e);
        }
    }

    private FilePlan plan(Work work, Path file, ParsedDocument document) throws ParseException, IOException {
        FileHash hash = FileHash.of(file);
        List<TextChunk> chunks = run.resources().chunker().chunk(document.text());
        if (chunks.isEmpty()) {
            throw new ParseException(ParseException.Reason.EMPTY, "there is no text in it", null);
        }
        Map<String, String> digestsInStore = digestsInStore(work);
        // What another try may have written again is in the store, but perhaps not as the ledger remembers it.
        Set<String> doubtful = ledger.pendingIds(head.targetId(), work.path());
        ChunkIds ids = new ChunkIds(work.path());
        Map<String, Object> common = commonMetadata(file, document);
        List<ChunkPlan> plans = new ArrayList<>(chunks.size());
        for (int i = 0; i < chunks.size(); i++) {
            TextChunk chunk = chunks.get(i);
            Map<String, Object> metadata = new HashMap<>(common);
            metadata.put("chunk", (long) i);
            metadata.put("start", (long) chunk.start());
            metadata.put("end", (long) chunk.end());
            VectorRecord record = new VectorRecord(ids.next(chunk.text()), null, chunk.text(), Metadata.of(metadata));
            String before = digestsInStore.get(record.id());
            Action action = before == null
                    ? Action.EMBED
                    : before.equals(ChunkIds.digest(record)) && !doubtful.contains(record.id())
                            ? Action.KEEP
                            : Action.REWRITE;
            plans.add(ChunkPlan.of(action, record));
        }
        return new FilePlan(
                work,
                hash.bytes(),
                hash.modified(),
                hash.sha256(),
                run.resources().pipeline(),
                plans);
    }

    private Map<String, String> digestsInStore(Work work) {
        if (run.full()) {
            return Map.of();
        }
        FileEntry before = ledger.file(head.targetId(), work.path());
        return before == null
                ? Map.of()
                : ledger.chunks(before.id()).stream()
                        .filter(ChunkEntry::trusted)
                        .collect(Collectors.toMap(ChunkEntry::id, ChunkEntry::digest));
    }

    /** The plan of a renamed file; null when the store lacks what the ledger promises, so that it must be parsed. */
    private @Nullable FilePlan takeOver(Work work, FileHash hash) {
        FileEntry old = work.detail() == null ? null : ledger.file(head.targetId(), work.detail());
        if (old == null
                || old.pipeline() == null
                || !ledger.pendingIds(head.targetId(), old.path()).isEmpty()) {
            return null;
        }
        List<String> oldIds =
                ledger.chunks(old.id()).stream().map(ChunkEntry::id).toList();
        if (collection.get(oldIds, Field.NONE).size() != oldIds.size()) {
            return null;
        }
        List<ChunkPlan> plans = oldIds.stream()
                .map(id -> ChunkPlan.takeOver(ChunkIds.renamed(id, work.path()), id))
                .toList();
        return new FilePlan(work, hash.bytes(), hash.modified(), hash.sha256(), old.pipeline(), plans);
    }

    /** The record of a renamed file's chunk: all as it was but what tells the name. */
    static VectorRecord renamed(VectorRecord old, String newId, Path newPath) {
        Metadata metadata = old.metadata();
        for (Map.Entry<String, Object> named : nameMetadata(newPath).entrySet()) {
            metadata = metadata.with(named.getKey(), named.getValue());
        }
        return new VectorRecord(newId, old.vector(), old.text(), metadata);
    }

    private static Map<String, Object> commonMetadata(Path file, ParsedDocument document) {
        Map<String, Object> metadata = new HashMap<>(document.properties());
        metadata.putAll(nameMetadata(file));
        return metadata;
    }

    private static Map<String, Object> nameMetadata(Path file) {
        String name = String.valueOf(file.getFileName());
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("source", file.toString());
        metadata.put("file_name", name);
        String extension = extension(name);
        if (!extension.isEmpty()) {
            metadata.put("extension", extension);
        }
        return metadata;
    }

    /** The part of a name after its last dot, in lower case; empty when there is none. */
    static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** True when a file of the first name would be parsed like one of the second. */
    static boolean sameKind(String path, String otherPath) {
        return extension(name(path)).equals(extension(name(otherPath)));
    }

    private static String name(String path) {
        return String.valueOf(Path.of(path).getFileName());
    }
}
