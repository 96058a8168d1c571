package dev.ragd.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LockHolderTest {

    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoHoldsALockIsSeenWithoutTakingIt() throws Exception {
        Path file = Files.createFile(folder.resolve("lock"));
        Path other = Files.createFile(folder.resolve("other"));
        assertThat(LockHolder.of(file)).isEmpty();
        try (ProcessLock lock = ProcessLock.tryExclusive(file)) {
            assertThat(lock).isNotNull();
            assertThat(LockHolder.of(file)).hasValue(ProcessHandle.current().pid());
            assertThat(LockHolder.of(other)).isEmpty();
        }
        assertThat(LockHolder.of(file)).isEmpty();
        assertThat(LockHolder.of(folder.resolve("none"))).isEmpty();
    }
}
