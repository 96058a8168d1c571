package dev.ragd.ingest;

import java.nio.file.Path;
import java.util.List;

/** A program that parses all files of some folders and prints times: for measurements, and for trying a packed jar. */
public final class ParseFolder {

    private ParseFolder() {}

    /** The folders are its arguments. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        int files = 0;
        int refused = 0;
        long characters = 0;
        long chunks = 0;
        long chunkNanos = 0;
        Chunker chunker = new Chunker(new WordTokenizer(6), ChunkSettings.DEFAULT);
        try (ForkedTikaParser parser = new ForkedTikaParser(ParserSettings.DEFAULT)) {
            List<Path> roots = java.util.Arrays.stream(args).map(Path::of).toList();
            for (FileWalk.Entry e : new FileWalk(roots, List.of(), List.of())) {
                if (!(e instanceof FileWalk.Candidate c)) {
                    System.out.println(e);
                    continue;
                }
                files++;
                try {
                    String text = parser.parse(c.path()).text();
                    characters += text.length();
                    long before = System.nanoTime();
                    chunks += chunker.chunk(text).size();
                    chunkNanos += System.nanoTime() - before;
                } catch (ParseException failure) {
                    refused++;
                    System.out.println(failure.reason() + " " + failure.getMessage());
                }
            }
            double children = ProcessHandle.current()
                    .children()
                    .mapToDouble(p -> p.info()
                                    .totalCpuDuration()
                                    .orElse(java.time.Duration.ZERO)
                                    .toMillis()
                            / 1e3)
                    .sum();
            System.out.printf(
                    "%d files, %d refused, %d processes, %d characters, %d chunks; %.2f s, chunking %.2f s, CPU %.2f s + %.2f s in the parser%n",
                    files,
                    refused,
                    parser.processesStarted(),
                    characters,
                    chunks,
                    (System.nanoTime() - start) / 1e9,
                    chunkNanos / 1e9,
                    ProcessHandle.current()
                                    .info()
                                    .totalCpuDuration()
                                    .orElseThrow()
                                    .toMillis()
                            / 1e3,
                    children);
        }
    }
}
