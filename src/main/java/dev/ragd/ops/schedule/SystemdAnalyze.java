package dev.ragd.ops.schedule;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks systemd itself what it thinks of units, where it is installed. */
public final class SystemdAnalyze {

    private static final int SECONDS = 30;

    private SystemdAnalyze() {}

    /**
     * What {@code systemd-analyze verify} has to say; an empty list when all is well.
     *
     * @param files name to text
     * @return empty when there is no systemd-analyze here
     * @throws IOException when it cannot be asked
     */
    public static Optional<List<String>> verify(Map<String, String> files) throws IOException {
        Path folder = Files.createTempDirectory("ragd-units");
        try {
            List<String> line = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
            for (Map.Entry<String, String> file : files.entrySet()) {
                line.add(Files.writeString(folder.resolve(file.getKey()), file.getValue())
                        .toString());
            }
            Process process = start(line);
            if (process == null) {
                return Optional.empty();
            }
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            List<String> lines = new ArrayList<>(said.lines()
                    .map(l -> l.replace(folder + "/", ""))
                    .filter(l -> files.keySet().stream().anyMatch(l::contains)) // not of other units of this machine
                    .distinct()
                    .toList());
            if (process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() != 0 && lines.isEmpty()) {
                lines.add("systemd-analyze ended with " + process.exitValue() + ": " + said.strip());
            }
            return Optional.of(lines);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            for (String name : files.keySet()) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }

    private static @org.jspecify.annotations.Nullable Process start(List<String> line) {
        try {
            return new ProcessBuilder(line).redirectErrorStream(true).start();
        } catch (IOException e) {
            return null; // not installed
        }
    }
}
