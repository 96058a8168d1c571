package dev.ragd.store.chroma;

import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.chroma.server.NpmInstall;
import dev.ragd.testing.DebianPackages;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Provides the programs of {@link ChromaServers}. The newest generation needs glibc 2.39; on an older Debian it runs with the
 * C library of Debian 13, which is unpacked beside it: fetched by apt from wherever this machine's apt fetches its own
 * packages, checked against Debian's archive keys, with lists and caches of its own, without root.
 */
final class Provisioning {

    private static final String TRIXIE = "trixie-libc";

    private final Path cache;

    Provisioning(Path cache) {
        this.cache = cache;
    }

    /** Cannot be had on this machine, or not now. */
    static final class Impossible extends Exception {
        private static final long serialVersionUID = 1;

        Impossible(String message) {
            super(message);
        }
    }

    List<String> command(Generation generation) throws Impossible {
        try {
            Path installation = new NpmInstall(cache, generation).install(System.err::println);
            String node = run("sh", "-c", "command -v node").strip();
            List<String> command = new ArrayList<>();
            if (generation == Generation.V1_5 && glibc() < 2_039) {
                Path libraries = debianLibraries();
                command.addAll(List.of(
                        libraries.resolve("ld-linux-x86-64.so.2").toString(), "--library-path", libraries.toString()));
            }
            command.addAll(List.of(
                    node,
                    installation.resolve("node_modules/chromadb/dist/cli.mjs").toString()));
            return command;
        } catch (IOException | StoreException e) {
            throw new Impossible(e.getMessage());
        }
    }

    private static int glibc() throws IOException {
        String[] version = run("getconf", "GNU_LIBC_VERSION").strip().split("[ .]");
        return Integer.parseInt(version[1]) * 1_000 + Integer.parseInt(version[2]);
    }

    private Path debianLibraries() throws IOException {
        Path target = cache.resolve(TRIXIE);
        try (FileChannel channel = FileChannel.open(
                        cache.resolve(TRIXIE + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock);
            if (!Files.exists(target)) {
                Path temporary = Files.createTempDirectory(cache, "." + TRIXIE + "-");
                Path root = DebianPackages.unpack(temporary, "trixie", "libc6", "libstdc++6", "libgcc-s1");
                Files.move(root, target, StandardCopyOption.ATOMIC_MOVE);
                run("rm", "-rf", temporary.toString());
            }
        }
        return target.resolve("usr/lib/x86_64-linux-gnu");
    }

    private static String run(String... command) throws IOException {
        return DebianPackages.run(null, command);
    }
}
