package dev.ragd.store.chroma.server;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Installs a Chroma release from npm into {@code <folder>/<generation>}. The lock file among the resources pins every
 * package by its checksum; where npm fetches them is the machine's business. The folder appears by a rename when everything
 * is in it, so it is complete when it exists.
 */
public final class NpmInstall {

    /** Chroma's command line within the installation. */
    static final String ENTRY = "node_modules/chromadb/dist/cli.mjs";

    private static final Duration TIMEOUT = Duration.ofMinutes(15);
    private static final String TEMPORARY = ".installing-";
    private static final int OUTPUT = 3_000;

    private final Path folder;
    private final Generation generation;

    /** Touches nothing yet. */
    public NpmInstall(Path folder, Generation generation) {
        this.folder = folder;
        this.generation = generation;
    }

    /** The node program. */
    Path node() {
        return tool("node");
    }

    /**
     * Installs unless that was done before; a second installer waits for the first.
     *
     * @param progress told in one line what takes long
     * @return the installation's folder
     * @throws StoreException.StoreUnavailable when npm is missing or fails; the message has its output
     */
    public Path install(Consumer<String> progress) {
        Path target = folder.resolve(generation.label());
        if (Files.exists(target)) {
            return target;
        }
        Path npm = tool("npm");
        tool("node");
        try {
            AtomicFile.createPrivateFolder(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                Objects.requireNonNull(lock);
                if (!Files.exists(target)) {
                    progress.accept("installing Chroma " + generation.label() + " from npm into " + target);
                    removeLeftovers();
                    Path temporary = Files.createTempDirectory(folder, TEMPORARY);
                    ci(npm, temporary);
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return target;
        } catch (IOException e) {
            throw failed(e.toString(), e);
        }
    }

    private void ci(Path npm, Path directory) throws IOException {
        for (String name : List.of("package.json", "package-lock.json")) {
            String resource = generation.label() + "/" + name;
            try (InputStream in = NpmInstall.class.getResourceAsStream(resource)) {
                Files.copy(Objects.requireNonNull(in, resource), directory.resolve(name));
            }
        }
        Command.Result result = Command.run(
                List.of(npm.toString(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"),
                directory,
                TIMEOUT);
        if (!result.succeeded()) {
            throw failed("npm ci ended with exit code " + result.exitCode() + ":\n" + tail(result.output()), null);
        }
        Path binding = binding(directory);
        if (binding == null || !Files.exists(directory.resolve(ENTRY))) {
            // npm leaves out optional packages without a word when they are not for this machine.
            throw failed(
                    "npm ci succeeded, but installed no native binding for this machine:\n" + tail(result.output()),
                    null);
        }
        // Debug symbols are seven eighths of the older binding; without binutils they stay.
        Command.run(List.of("strip", "--strip-debug", binding.toString()), directory, TIMEOUT);
    }

    private static @Nullable Path binding(Path directory) throws IOException {
        try (Stream<Path> files = Files.find(
                directory.resolve("node_modules"),
                2,
                (p, a) -> a.isRegularFile() && p.toString().endsWith(".node"))) {
            return files.findFirst().orElse(null);
        }
    }

    private Path tool(String name) {
        return Command.find(name)
                .orElseThrow(() -> failed("there is no '" + name + "' on the PATH; install Node.js 20 or newer", null));
    }

    private StoreException failed(String problem, @Nullable Exception cause) {
        return new StoreException.StoreUnavailable(
                "could not install the Chroma server " + generation.label() + " into " + folder + ": " + problem
                        + "\nRepeat with a network connection, or set storage.chromadb.program to a chroma program, or"
                        + " storage.chromadb.url to a server that runs",
                cause);
    }

    private static String tail(String output) {
        String text = output.strip();
        return text.length() <= OUTPUT ? text : "..." + text.substring(text.length() - OUTPUT);
    }

    /**
     * What a killed installer left; the lock says that none is at work. But its npm may be, for a moment, and write on: then
     * something stays until the next installation.
     */
    private void removeLeftovers() throws IOException {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(folder)) {
            leftovers = entries.filter(p -> p.getFileName().toString().startsWith(TEMPORARY))
                    .toList();
        }
        for (Path leftover : leftovers) {
            try {
                remove(leftover);
            } catch (IOException e) {
                // As said; it is in nobody's way.
            }
        }
    }

    private static void remove(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
