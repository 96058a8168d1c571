package dev.ragd.store.chroma;

import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.chroma.server.NpmInstall;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Provides the programs of {@link ChromaServers}. The newest generation needs glibc 2.39; on an older Debian it runs with the
 * C library of Debian 13, which is unpacked beside it: fetched by apt from wherever this machine's apt fetches its own
 * packages, checked against Debian's archive keys, with lists and caches of its own, without root.
 */
final class Provisioning {

    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
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
            String node = run(null, "sh", "-c", "command -v node").strip();
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

    private static int glibc() throws IOException, Impossible {
        String[] version = run(null, "getconf", "GNU_LIBC_VERSION").strip().split("[ .]");
        return Integer.parseInt(version[1]) * 1_000 + Integer.parseInt(version[2]);
    }

    private Path debianLibraries() throws IOException, Impossible {
        Path target = cache.resolve(TRIXIE);
        try (FileChannel channel = FileChannel.open(
                        cache.resolve(TRIXIE + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock);
            if (!Files.exists(target)) {
                Path temporary = Files.createTempDirectory(cache, "." + TRIXIE + "-");
                fetch(temporary);
                Files.move(temporary.resolve("root"), target, StandardCopyOption.ATOMIC_MOVE);
                run(null, "rm", "-rf", temporary.toString());
            }
        }
        return target.resolve("usr/lib/x86_64-linux-gnu");
    }

    private static void fetch(Path directory) throws IOException, Impossible {
        String site = run(null, "apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian")
                .lines()
                .filter(s -> s.matches("[a-z]+:.*"))
                .filter(s -> !s.contains("security"))
                .findFirst()
                .orElseThrow(() -> new Impossible("apt on this machine names no Debian archive"));
        for (String folder : List.of("lists/partial", "cache/archives/partial", "packages", "root")) {
            Files.createDirectories(directory.resolve(folder));
        }
        Files.writeString(
                directory.resolve("trixie.sources"),
                "Types: deb\nURIs: " + site + "\nSuites: trixie\nComponents: main\nArchitectures: amd64\nSigned-By: "
                        + KEYRING + "\n");
        List<String> apt = List.of(
                "apt-get",
                "-qq",
                "-o",
                "Dir::Etc::sourcelist=" + directory.resolve("trixie.sources"),
                "-o",
                "Dir::Etc::sourceparts=/dev/null",
                "-o",
                "Dir::State::lists=" + directory.resolve("lists"),
                "-o",
                "Dir::State::status=/dev/null",
                "-o",
                "Dir::Cache=" + directory.resolve("cache"),
                "-o",
                "APT::Sandbox::User=");
        run(directory, with(apt, "update"));
        run(directory.resolve("packages"), with(apt, "download", "libc6:amd64", "libstdc++6:amd64", "libgcc-s1:amd64"));
        try (Stream<Path> packages = Files.list(directory.resolve("packages"))) {
            for (Path p : packages.toList()) {
                run(
                        directory,
                        "dpkg-deb",
                        "-x",
                        p.toString(),
                        directory.resolve("root").toString());
            }
        }
    }

    private static String[] with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String run(Path directory, String... command) throws IOException, Impossible {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        Path errors = Files.createTempFile("provisioning", ".err");
        Process process = builder.redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new Impossible(String.join(" ", command) + " failed: " + output + Files.readString(errors));
            }
            return output;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.delete(errors);
        }
    }
}
