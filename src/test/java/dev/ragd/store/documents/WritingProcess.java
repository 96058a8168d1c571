package dev.ragd.store.documents;

import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import dev.ragd.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java of its own that writes batch after batch to a collection, replaces and deletes some records, commits, notes the
 * batch in the collection's attributes, and says each one when it is durable. Its {@code main} is the other side.
 */
final class WritingProcess implements AutoCloseable {

    static final int BATCH = 20;

    private final Process process;
    private final BufferedReader out;

    private WritingProcess(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static WritingProcess start(Path root, int firstBatch) throws IOException {
        return new WritingProcess(JavaProcess.start(WritingProcess.class, root.toString(), String.valueOf(firstBatch)));
    }

    /** The number of the next batch that is durable; -1 when the process is gone. */
    int nextDurable() throws IOException {
        String line = out.readLine();
        return line == null ? -1 : Integer.parseInt(line);
    }

    /** SIGKILL; returns the last batch that was said to be durable, or {@code known}. */
    int kill(int known) throws IOException, InterruptedException {
        process.toHandle().destroyForcibly(); // the process's own method closes the pipe, with what is still in it
        process.waitFor(30, TimeUnit.SECONDS);
        int last = known;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            last = Integer.parseInt(line);
        }
        return last;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
    }

    /** The records of a batch: most new, some that replace one of the batch before. */
    static List<VectorRecord> batch(int number) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            boolean replaces = number > 0 && i % 5 == 0;
            records.add(TestCollections.record(
                    "r" + (replaces ? number - 1 : number) + "-" + (replaces ? i + 1 : i), number));
        }
        return records;
    }

    /** What a batch deletes, after it has written. */
    static List<String> deleted(int number) {
        return number > 1 ? List.of("r" + (number - 2) + "-3") : List.of();
    }

    public static void main(String[] arguments) {
        try (DocumentStore store = TestCollections.open(Path.of(arguments[0]))) {
            for (int number = Integer.parseInt(arguments[1]); ; number++) {
                store.upsert(batch(number));
                store.delete(deleted(number));
                store.commit();
                store.replaceAttributes(Metadata.of(Map.of("batch", (long) number)));
                System.out.println(number);
                System.out.flush();
            }
        }
    }
}
