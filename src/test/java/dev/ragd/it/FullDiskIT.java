package dev.ragd.it;

import static dev.ragd.it.HostileFiles.shell;
import static dev.ragd.it.RefusalsIT.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A home on a disk that is full: mounted for the test, which takes root. Loudly skipped without, but not where CI=true. */
class FullDiskIT {

    @TempDir
    Path folder;

    private Path disk;
    private Desk desk;
    private Ragd ragd;

    private void mount(Backend backend) throws IOException {
        desk = new Desk(folder, backend);
        disk = Files.createDirectory(folder.resolve("disk"));
        try {
            shell("mount -t tmpfs -o size=160m none \"$1\"", disk);
        } catch (IllegalStateException e) {
            disk = null;
            String message = "NO FULL DISK FOR TESTS: " + e.getMessage();
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                fail(message, e);
            }
            System.err.println(message);
            Assumptions.abort(message);
        }
        ragd = desk.manyBatches().withHome(disk.resolve("home"));
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            shell("umount \"$1\" || umount -l \"$1\"", disk);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "CHROMA_1_5", mode = EnumSource.Mode.EXCLUDE)
    void aFullDiskFailsTheRunAndNothingIsMissingOnceThereIsSpace(Backend backend) throws IOException {
        mount(backend);
        String[] index = {"index", desk.docs.toString(), "--json"};
        desk.write("first.txt", "Penguins live in the south.");
        fill(8 << 20);
        error(ragd.run(index), 1, disk.toString(), "No space left on device");
        free();
        ragd.run(index).expect(0);
        desk.writeMuch();

        fill(0);
        error(ragd.run(index), 1, disk.toString(), "No space left on device", "its disk is not full");
        free();
        try (Ragd.Running run = ragd.start(index)) {
            run.await("to write", () -> desk.count(ragd) > 1);
            run.signal("STOP");
            fill(0);
            Ragd.Result failed = run.signal("CONT").await();
            error(failed, 1, disk.toString(), "its disk is not full", "the same command");
        }
        free();

        Ragd.Result healed = ragd.run(index).expect(0);

        assertThat(healed.json().at("/quarantined").size()).isZero();
        Map<String, String> expected = desk.undisturbed();
        assertThat(desk.contents(ragd)).isEqualTo(expected);
        assertThat(ragd.run(index).expect(0).json().at("/files/unchanged").asInt())
                .isEqualTo(13);
    }

    /** Leaves so many bytes and no more. */
    private void fill(long left) throws IOException {
        Path filler = Files.createFile(disk.resolve("filler"));
        long size = Files.getFileStore(disk).getUsableSpace() - left;
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[4096];
            for (long written = 0; written < size; written += block.length) {
                out.write(block);
            }
        } catch (IOException full) {
            if (left > 0) { // otherwise this is what was wanted: another process took the last block
                throw full;
            }
        }
    }

    private void free() throws IOException {
        Files.delete(disk.resolve("filler"));
    }
}
