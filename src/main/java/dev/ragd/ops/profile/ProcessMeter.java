package dev.ragd.ops.profile;

import dev.ragd.ops.KernelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What this process and those that it started take, as the kernel of Linux tells it. */
final class ProcessMeter {

    private ProcessMeter() {}

    /** Processor time so far, seconds. */
    static double cpuSeconds() {
        return all().mapToDouble(
                        p -> p.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9)
                .sum();
    }

    /** Memory of their own: heap and native; -1 where the system does not tell. */
    static long ownBytes() {
        return sum("RssAnon");
    }

    /** What of files is in their memory; -1 where the system does not tell. */
    static long mappedBytes() {
        return sum("RssFile");
    }

    /** The sum of the most that each ever had in memory; -1 where the system does not tell. */
    static long peakBytes() {
        return sum("VmHWM");
    }

    private static long sum(String field) {
        List<Long> each = all().map(
                        process -> KernelFile.bytes(Path.of("/proc", String.valueOf(process.pid()), "status"), field))
                .filter(b -> b >= 0)
                .toList();
        return each.isEmpty() ? -1 : each.stream().mapToLong(Long::longValue).sum();
    }

    private static Stream<ProcessHandle> all() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants());
    }
}
