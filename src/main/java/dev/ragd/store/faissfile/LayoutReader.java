package dev.ragd.store.faissfile;

import dev.ragd.files.PositionalFile;
import dev.ragd.store.Distance;
import dev.ragd.store.faissfile.FileCursor.Span;
import dev.ragd.store.faissfile.IndexLayout.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds the rows of an index file, as {@link IndexLayout} describes it. Every number that is said twice in the file must be the
 * same both times, and every length must fit into the file. Used once.
 */
final class LayoutReader {

    private static final String READ =
            "; what is read: IndexFlatL2, IndexFlatIP, IndexHNSWFlat and IndexIVFFlat, each alone"
                    + " or within IndexIDMap or IndexIDMap2";
    private static final int MAX_DIMENSION = 1 << 20;
    private static final long MAX_ROWS = Integer.MAX_VALUE - 64;
    private static final int SIZES_AT_ONCE = 1 << 13;

    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("IxFl", "IndexFlat of a metric other than L2 and inner product"),
            Map.entry("IxPq", "IndexPQ"),
            Map.entry("IxSQ", "IndexScalarQuantizer"),
            Map.entry("IxPT", "IndexPreTransform"),
            Map.entry("IxRF", "IndexRefine"),
            Map.entry("IxHe", "IndexLSH"),
            Map.entry("IHN2", "IndexHNSW2Level"),
            Map.entry("IHNp", "IndexHNSWPQ"),
            Map.entry("IHNs", "IndexHNSWSQ"),
            Map.entry("IHc2", "IndexHNSWCagra"),
            Map.entry("IwPQ", "IndexIVFPQ"),
            Map.entry("IwPf", "IndexIVFPQFastScan"),
            Map.entry("IPfs", "IndexPQFastScan"),
            Map.entry("IwSq", "IndexIVFScalarQuantizer"),
            Map.entry("IvFl", "IndexIVFFlat of an old FAISS"),
            Map.entry("INSf", "IndexNSGFlat"),
            Map.entry("IBxF", "IndexBinaryFlat"),
            Map.entry("IBwF", "IndexBinaryIVF"));

    private final PositionalFile file;
    private final FileCursor cursor;

    private LayoutReader(PositionalFile file) {
        this.file = file;
        this.cursor = new FileCursor(file);
    }

    private record Header(int dimension, long count, Distance distance) {}

    /**
     * Reads what is before, between and behind the rows.
     *
     * @throws IndexFileException when the file is none of what is read, or contradicts itself
     */
    static IndexLayout read(PositionalFile file) throws IOException, IndexFileException {
        LayoutReader reader = new LayoutReader(file);
        IndexLayout layout = reader.outermost();
        reader.cursor.end();
        return layout;
    }

    private IndexLayout outermost() throws IOException, IndexFileException {
        String type = cursor.fourcc();
        return type.equals("IxMp") || type.equals("IxM2") ? idMap(type) : index(type);
    }

    private IndexLayout index(String type) throws IOException, IndexFileException {
        return switch (type) {
            case "IxF2", "IxFI" -> flat(type);
            case "IHNf" -> hnsw();
            case "IwFl" -> ivf();
            default ->
                throw IndexFileException.foreign(
                        OTHERS.containsKey(type)
                                ? "it is an " + OTHERS.get(type)
                                        + ", which does not keep whole vectors that can be read" + READ
                                : "it starts with '" + type + "', which is no type of index that is known here" + READ);
        };
    }

    private Header header() throws IOException, IndexFileException {
        int dimension = cursor.int32("the dimension");
        long count = cursor.int64("the number of rows");
        cursor.skip(2 * Long.BYTES + 1, "the header");
        int metric = cursor.int32("the metric");
        require(dimension >= 1 && dimension <= MAX_DIMENSION, "the dimension is " + dimension);
        require(count >= 0 && count <= MAX_ROWS, "the number of rows is " + count);
        if (metric != 0 && metric != 1) {
            throw IndexFileException.foreign(
                    "its metric is number " + metric + "; what is read: 0 (inner product) and 1 (L2)");
        }
        return new Header(dimension, count, metric == 0 ? Distance.IP : Distance.L2);
    }

    private IndexLayout flat(String type) throws IOException, IndexFileException {
        Header header = header();
        Distance named = type.equals("IxFI") ? Distance.IP : Distance.L2;
        require(header.distance() == named, "its type says " + named + ", its header " + header.distance());
        Span rows = cursor.vector(Float.BYTES, "the vectors");
        same("floats", rows.count(), header.count() * header.dimension());
        return layout(
                named == Distance.IP ? "IndexFlatIP" : "IndexFlatL2",
                header,
                List.of(new Part(0, header.count(), rows.position(), -1)));
    }

    private IndexLayout hnsw() throws IOException, IndexFileException {
        Header header = header();
        cursor.vector(Double.BYTES, "the graph's probabilities");
        cursor.vector(Integer.BYTES, "the graph's level sizes");
        same("levels", cursor.vector(Integer.BYTES, "the graph's levels").count(), header.count());
        same("offsets", cursor.vector(Long.BYTES, "the graph's offsets").count(), header.count() + 1);
        cursor.vector(Integer.BYTES, "the graph's links");
        cursor.skip(5 * Integer.BYTES, "the graph's numbers");
        IndexLayout storage = inner(header);
        if (!storage.type().startsWith("IndexFlat")) {
            throw IndexFileException.foreign("it is an HNSW graph over an " + storage.type() + READ);
        }
        return layout("IndexHNSWFlat", header, storage.parts());
    }

    private IndexLayout ivf() throws IOException, IndexFileException {
        Header header = header();
        long lists = cursor.int64("the number of lists");
        cursor.skip(Long.BYTES, "the number of probes");
        IndexLayout quantizer = index(cursor.fourcc());
        same("components of the quantizer", quantizer.dimension(), header.dimension());
        same("centroids", quantizer.count(), lists);
        int map = cursor.int8("the direct map");
        require(map <= 2, "the type of the direct map is " + map);
        cursor.vector(Long.BYTES, "the direct map");
        if (map == 2) {
            cursor.vector(2 * Long.BYTES, "the direct map");
        }
        List<Part> parts = lists(header, lists);
        return layout("IndexIVFFlat", header, parts);
    }

    private List<Part> lists(Header header, long lists) throws IOException, IndexFileException {
        String kind = cursor.fourcc();
        if (!kind.equals("ilar")) {
            throw IndexFileException.foreign(
                    "its lists are of the kind '" + kind + "'; what is read: lists within the file");
        }
        same("lists", cursor.int64("the number of lists"), lists);
        long rowBytes = (long) header.dimension() * Float.BYTES;
        same("bytes per row", cursor.int64("the bytes per row"), rowBytes);
        String form = cursor.fourcc();
        require(form.equals("full") || form.equals("sprs"), "the lists are of the form '" + form + "'");
        boolean sparse = form.equals("sprs");
        Span sizes = cursor.vector(Long.BYTES, "the sizes of the lists");
        require(
                sparse ? sizes.count() % 2 == 0 && sizes.count() / 2 <= lists : sizes.count() == lists,
                sizes.count() + " numbers for the sizes of " + lists + " lists");
        List<Part> parts = new ArrayList<>();
        long rows = 0;
        for (long i = sparse ? 1 : 0; i < sizes.count(); i += sparse ? 2 : 1) {
            long size = sizeAt(sizes, i);
            require(size >= 0 && size <= header.count() - rows, "a list of " + size + " rows");
            if (size > 0) {
                Span vectors = cursor.span(size, Math.toIntExact(rowBytes), "the vectors of a list");
                Span numbers = cursor.span(size, Long.BYTES, "the ids of a list");
                parts.add(new Part(rows, size, vectors.position(), numbers.position()));
                rows += size;
            }
        }
        same("rows in the lists", rows, header.count());
        return parts;
    }

    private ByteBuffer some = ByteBuffer.allocate(0);
    private long someFirst;

    /** One of the sizes; they are read some thousands at a time. */
    private long sizeAt(Span sizes, long i) throws IOException {
        if (i < someFirst || i >= someFirst + some.limit() / Long.BYTES) {
            int count = (int) Math.min(SIZES_AT_ONCE, sizes.count() - i);
            some = file.read(sizes.position() + i * Long.BYTES, count * Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            someFirst = i;
        }
        return some.getLong((int) (i - someFirst) * Long.BYTES);
    }

    private IndexLayout idMap(String type) throws IOException, IndexFileException {
        Header header = header();
        IndexLayout inner = inner(header);
        Span ids = cursor.vector(Long.BYTES, "the ids");
        same("ids", ids.count(), header.count());
        return new IndexLayout(
                (type.equals("IxM2") ? "IndexIDMap2 of " : "IndexIDMap of ") + inner.type(),
                inner.dimension(),
                inner.distance(),
                inner.count(),
                inner.parts(),
                ids.position());
    }

    /** The index within another, of the same rows. */
    private IndexLayout inner(Header header) throws IOException, IndexFileException {
        IndexLayout inner = index(cursor.fourcc());
        same("components", inner.dimension(), header.dimension());
        same("rows", inner.count(), header.count());
        require(
                inner.distance() == header.distance(),
                "an " + inner.type() + " of distance " + inner.distance() + " within one of " + header.distance());
        return inner;
    }

    private static IndexLayout layout(String type, Header header, List<Part> parts) {
        return new IndexLayout(type, header.dimension(), header.distance(), header.count(), parts, -1);
    }

    private static void same(String what, long actual, long expected) throws IndexFileException {
        require(actual == expected, actual + " " + what + ", expected " + expected);
    }

    private static void require(boolean condition, String problem) throws IndexFileException {
        if (!condition) {
            throw IndexFileException.damaged(problem);
        }
    }
}
