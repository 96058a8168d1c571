package dev.ragd.jobs.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.jobs.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The frozen list of ids as a file. */
class IdListTest {

    private final UUID plan = UUID.randomUUID();

    @TempDir
    Path folder;

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        Path file = folder.resolve("list");
        long bytes = write(file, List.of("a", "bc", "déf", "x".repeat(512)), 2);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            Files.write(file, bad);
            assertThatThrownBy(() -> read(file, bytes)).as("byte " + i).isInstanceOf(JobException.class);
        }
    }

    @Test
    void aListThatWasCutShortOrIsAnothersIsRefused() throws IOException {
        Path file = folder.resolve("list");
        long bytes = write(file, List.of("a", "b"), 1);
        assertThatThrownBy(() -> IdList.open(file, UUID.randomUUID(), bytes)).hasMessageContaining("not that of plan");
        byte[] good = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(good, good.length - 1));
        assertThatThrownBy(() -> IdList.open(file, plan, bytes)).hasMessageContaining("expected " + bytes);
        Files.delete(file);
        assertThatThrownBy(() -> IdList.open(file, plan, bytes)).isInstanceOf(JobException.class);
    }

    @Property(tries = 200)
    void whatIsWrittenIsRead(
            @ForAll @Size(max = 50) List<@StringLength(min = 1, max = 40) String> words,
            @ForAll @IntRange(min = 1, max = 20) int block)
            throws IOException {
        Path file = Files.createTempFile("ids", null);
        try {
            List<String> ids =
                    words.stream().filter(dev.ragd.store.Unicode::isWellFormed).toList();
            assertThat(read(file, write(file, ids, block))).isEqualTo(ids);
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 200)
    void aSetHoldsWhatWasAdded(@ForAll @Size(max = 3000) List<Integer> numbers) {
        IdSet set = new IdSet();
        java.util.Set<String> expected = new java.util.HashSet<>();
        for (int n : numbers) {
            assertThat(set.add("id" + n)).isEqualTo(expected.add("id" + n));
        }
        assertThat(set.size()).isEqualTo(expected.size());
        assertThat(expected).allMatch(set::contains);
        assertThat(set.contains("nobody")).isFalse();
    }

    private long write(Path file, List<String> ids, int block) {
        try (IdList.Writer writer = new IdList.Writer(file, plan, block)) {
            ids.forEach(writer::add);
            writer.finish();
            assertThat(writer.count()).isEqualTo(ids.size());
            return writer.bytes();
        }
    }

    private List<String> read(Path file, long bytes) {
        List<String> ids = new ArrayList<>();
        try (IdList list = IdList.open(file, plan, bytes)) {
            for (IdList.Block b = list.read(IdList.HEADER_BYTES); b != null; b = list.read(b.next())) {
                ids.addAll(b.ids());
            }
        }
        return ids;
    }
}
