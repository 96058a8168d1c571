package dev.ragd.store.snapshot;

import dev.ragd.store.Field;
import dev.ragd.store.snapshot.parquet.Part;
import dev.ragd.store.snapshot.parquet.PartFile;
import dev.ragd.store.snapshot.parquet.PartWriter;
import dev.ragd.store.snapshot.parquet.RowGroup;
import dev.ragd.store.snapshot.parquet.RowGroupLayout;
import dev.ragd.store.snapshot.parquet.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The row groups of a collection in order of their sequences, those of the file that is being written last. Keeps the last
 * few decoded, because who reads in order of a scan asks for the same row group many times, and decodes the next one
 * meanwhile. Not safe for use by several threads, but for {@link #read}.
 */
final class PartList {

    private static final int KEPT = 2;

    /** A row group of a file. */
    private record Place(PartFile file, int number, long first, long last) {}

    /** One that is read before somebody asks for it. */
    private record Ahead(Place place, CompletableFuture<Rows> rows) {}

    private final Path folder;
    private final int dimension;
    private final List<Place> places = new ArrayList<>();
    private final Map<Place, Rows> decoded = new LinkedHashMap<>();
    private @Nullable Ahead ahead;
    private @Nullable PartFile fileOfKeys;
    private List<RowGroup> keys = List.of();

    PartList(Path folder, int dimension) {
        this.folder = folder;
        this.dimension = dimension;
    }

    /** Looks whether all files are there with their lengths; reads nothing. */
    void check(List<Part> parts) throws IOException {
        for (Part part : parts) {
            PartFile.of(folder, part, dimension).checkLength();
        }
    }

    /** Forgets all and begins again with these; reads the footers. */
    void reset(List<Part> parts, @Nullable PartWriter writer) throws IOException {
        places.clear();
        decoded.clear();
        ahead = null;
        fileOfKeys = null;
        keys = List.of();
        for (Part part : parts) {
            add(PartFile.of(folder, part, dimension));
        }
        if (writer != null) {
            add(PartFile.unfinished(writer, dimension));
        }
    }

    private void add(PartFile file) throws IOException {
        List<RowGroupLayout> groups = file.rowGroups();
        for (int i = 0; i < groups.size(); i++) {
            places.add(new Place(file, i, groups.get(i).first(), groups.get(i).last()));
        }
    }

    /** Takes notice of a row group that was added to the file that is being written. */
    void added(PartWriter writer) {
        int number = writer.rowGroups().size() - 1;
        RowGroupLayout layout = writer.rowGroups().get(number);
        PartFile file = number > 0 ? places.get(places.size() - 1).file() : PartFile.unfinished(writer, dimension);
        places.add(new Place(file, number, layout.first(), layout.last()));
        fileOfKeys = null;
    }

    /** How many row groups there are. */
    int size() {
        return places.size();
    }

    /** The row group that holds a sequence, or the first one behind it, which may be {@link #size}. */
    int from(long sequence) {
        int low = 0;
        int high = places.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (places.get(middle).last() < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * A row group.
     *
     * @param fields what it will be asked for, beside ids; anything else is decoded when it is asked for
     */
    Rows rows(int index, Set<Field> fields) throws IOException {
        Place place = places.get(index);
        Rows rows = decoded.remove(place);
        if (rows == null) {
            rows = takeAhead(place);
            if (rows == null) {
                rows = read(place);
            }
            // The one before it is still here: who asks goes through all of them, and does not fetch a few hits.
            boolean inOrder = index > 0 && decoded.containsKey(places.get(index - 1));
            if (inOrder
                    && index + 1 < places.size()
                    && places.get(index + 1).file().isFinished()) {
                ahead = readAhead(places.get(index + 1), fields);
            }
        }
        decoded.put(place, rows);
        if (decoded.size() > KEPT) {
            decoded.remove(decoded.keySet().iterator().next());
        }
        return rows;
    }

    private static Ahead readAhead(Place place, Set<Field> fields) {
        return new Ahead(place, CompletableFuture.supplyAsync(() -> {
            try {
                RowGroup rows = read(place);
                rows.load(fields);
                return rows;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    /** What was read ahead, when it is this one and could be read; otherwise null. */
    private @Nullable Rows takeAhead(Place place) {
        Ahead made = ahead;
        if (made == null || !made.place().equals(place)) {
            return null;
        }
        ahead = null;
        try {
            return made.rows().join();
        } catch (CompletionException e) {
            return null; // whoever asked reads it himself, and hears what is wrong
        }
    }

    /** The same for who reads each row group once; on several threads, as long as nothing else is done to this list. */
    Rows read(int index) throws IOException {
        return read(places.get(index));
    }

    private static RowGroup read(Place place) throws IOException {
        return place.file().read(place.number());
    }

    /** Whether all row groups stay decoded, so that reading them again costs nothing. */
    boolean staysDecoded() {
        return places.size() <= KEPT;
    }

    /** A row group of which only ids and sequences are read. */
    Rows keys(int index) throws IOException {
        Place place = places.get(index);
        if (fileOfKeys != place.file()) {
            keys = place.file().readKeys();
            fileOfKeys = place.file();
        }
        return keys.get(place.number());
    }
}
