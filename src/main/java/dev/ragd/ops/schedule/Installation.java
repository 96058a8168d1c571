package dev.ragd.ops.schedule;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where this program is installed, and what a process of cron would not find. */
public final class Installation {

    /** From the jar's folder up to the root of a checkout or of an unpacked archive. */
    private static final int LEVELS = 4;

    /** Where {@code run.sh} looks without being told. */
    private static final String USUAL = "/usr/local/bin:/usr/bin:/bin";

    private Installation() {}

    /** The script that runs it without a person, {@code jobs/run.sh}, with links resolved; empty when it is not there. */
    public static Optional<Path> wrapper() {
        String classes = System.getProperty("java.class.path").split(File.pathSeparator, 2)[0];
        try {
            Path folder = Path.of(classes).toRealPath();
            for (int level = 0; level < LEVELS && folder != null; level++) {
                Path wrapper = folder.resolve("jobs").resolve("run.sh");
                if (Files.isRegularFile(wrapper)) {
                    return Optional.of(wrapper);
                }
                folder = folder.getParent();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /**
     * Variables without which a process that has little of an environment would run with another Java or without Node.js;
     * by name, none when both are where everybody looks.
     *
     * @param path the value of {@code PATH}; null when it has none
     * @param needsNode a Chroma server is started
     */
    public static Map<String, String> variables(@Nullable String path, boolean needsNode) {
        Map<String, String> variables = new LinkedHashMap<>();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path usual = find("java", USUAL);
        if (usual == null || !real(usual).equals(real(java))) {
            variables.put("JAVA_HOME", System.getProperty("java.home"));
        }
        if (needsNode && path != null && find("node", USUAL) == null) {
            Path node = find("node", path);
            if (node != null) {
                variables.put("PATH", node.getParent() + File.pathSeparator + USUAL);
            }
        }
        return variables;
    }

    private static @Nullable Path find(String program, String path) {
        return List.of(path.split(File.pathSeparator)).stream()
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }
}
