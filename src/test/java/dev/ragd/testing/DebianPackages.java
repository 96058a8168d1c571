package dev.ragd.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs and libraries of Debian, unpacked and not installed: fetched by apt from wherever this machine's apt fetches its
 * own packages, checked against Debian's archive keys, with lists and caches of its own, without root.
 */
public final class DebianPackages {

    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

    private DebianPackages() {}

    /**
     * Fetches and unpacks, without what the packages depend on.
     *
     * @param directory to work in
     * @param suite for example {@code trixie}
     * @return the folder in it that holds {@code usr} and so on
     * @throws IOException when they cannot be had
     */
    public static Path unpack(Path directory, String suite, String... packages) throws IOException {
        String site = run(null, "apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian")
                .lines()
                .filter(s -> s.matches("[a-z]+:.*"))
                .filter(s -> !s.contains("security"))
                .findFirst()
                .orElseThrow(() -> new IOException("apt on this machine names no Debian archive"));
        for (String folder : List.of("lists/partial", "cache/archives/partial", "packages", "root")) {
            Files.createDirectories(directory.resolve(folder));
        }
        Files.writeString(
                directory.resolve("debian.sources"),
                "Types: deb\nURIs: " + site + "\nSuites: " + suite
                        + "\nComponents: main\nArchitectures: amd64\nSigned-By: " + KEYRING + "\n");
        List<String> apt = List.of(
                "apt-get",
                "-qq",
                "-o",
                "Dir::Etc::sourcelist=" + directory.resolve("debian.sources"),
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
        String[] download = Stream.concat(
                        Stream.of("download"), Arrays.stream(packages).map(p -> p + ":amd64"))
                .toArray(String[]::new);
        run(directory.resolve("packages"), with(apt, download));
        Path root = directory.resolve("root");
        try (Stream<Path> files = Files.list(directory.resolve("packages"))) {
            for (Path p : files.toList()) {
                run(directory, "dpkg-deb", "-x", p.toString(), root.toString());
            }
        }
        return root;
    }

    private static String[] with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /**
     * Runs a program to its end.
     *
     * @param directory where; null for here
     * @return what it wrote to standard output
     * @throws IOException when it fails; with all that it said
     */
    public static String run(Path directory, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        Path errors = Files.createTempFile("debian-packages", ".err");
        try {
            Process process = builder.redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " failed: " + output + Files.readString(errors));
            }
            return output;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.delete(errors);
        }
    }
}
