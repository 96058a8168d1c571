package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The archive that is given to others, unpacked where nothing may be written. */
class DistributionIT {

    private static final Path LAYOUT = Path.of(System.getProperty("ragd.jar", "target/ragd/ragd.jar"))
            .toAbsolutePath()
            .getParent();

    @TempDir
    static Path temporary;

    private static Path installed;
    private static TreeMap<String, String> files;

    private record Result(int code, String out, String err) {}

    @BeforeAll
    static void unpack() throws Exception {
        Path archive = archive();
        Path folder = Files.createDirectory(temporary.resolve("read only"));
        expectDone("tar", "-xzf", archive.toString(), "-C", folder.toString());
        try (Stream<Path> roots = Files.list(folder)) {
            installed = roots.findFirst().orElseThrow();
        }
        if (!Files.readString(installed.resolve("lib/ragd/build")).equals(Files.readString(LAYOUT.resolve("build")))) {
            without(archive + " is of another build than " + LAYOUT);
        }
        expectDone("chmod", "-R", "a-w", folder.toString());
        files = listing();
    }

    /** Only for those who may write anywhere, as root may, does this say more than the rights did. */
    @AfterAll
    static void nothingWasWrittenIntoTheInstallation() throws Exception {
        if (files != null) {
            assertThat(listing()).isEqualTo(files);
            expectDone("chmod", "-R", "u+w", installed.getParent().toString());
        }
    }

    private static Path archive() throws IOException {
        try (Stream<Path> all = Files.list(LAYOUT.getParent())) {
            List<Path> found = all.filter(f -> f.getFileName().toString().matches("ragd-.*\\.tar\\.gz"))
                    .toList();
            if (found.size() != 1) {
                without("expected one archive in " + LAYOUT.getParent() + ", found " + found);
            }
            return found.get(0);
        }
    }

    private static void without(String why) {
        String message = "NO ARCHIVE TO TEST (-Pquick builds none): " + why;
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            fail(message);
        }
        System.err.println(message);
        Assumptions.abort(message);
    }

    private static TreeMap<String, String> listing() throws IOException {
        TreeMap<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(installed)) {
            for (Path file : all.toList()) {
                found.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return found;
    }

    /** In a folder that has nothing to do with it, with as little environment as cron gives. */
    private static Result run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(temporary, "run", ".out");
        Path err = Files.createTempFile(temporary, "run", ".err");
        Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("HOME", home().toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static Path home() throws IOException {
        return Files.createDirectories(temporary.resolve("home"));
    }

    private static String expectDone(String... command) throws IOException, InterruptedException {
        Result result = run(command);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.err()).as(result.toString()).isEmpty();
        return result.out();
    }

    @Test
    void itIndexesAndFindsFromAnywhereThroughALink() throws Exception {
        Path docs = Files.createDirectories(temporary.resolve("elsewhere/docs"));
        Files.writeString(docs.resolve("a.txt"), "Penguins live in the south.");
        Files.writeString(docs.resolve("b.html"), "<p>Otters live in rivers.");
        Path bin = Files.createDirectories(temporary.resolve("a bin"));
        Files.createSymbolicLink(bin.resolve("first"), installed.resolve("bin/ragd"));
        String ragd =
                Files.createSymbolicLink(bin.resolve("ragd"), Path.of("first")).toString();

        assertThat(expectDone(ragd, "--version")).startsWith("ragd ");
        String indexed = expectDone(ragd, "--quiet", "index", "docs", "--backend", "lucene", "--json");
        String found = expectDone(ragd, "search", "otters", "-k", "1", "--backend", "lucene", "--json");

        assertThat(json(indexed).at("/files/indexed").asInt()).isEqualTo(2);
        assertThat(json(found).at("/results/0/text").asString()).contains("Otters");
        Path cache = home().resolve(".cache/ragd");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");
        TreeMap<String, Object> archives = archives(cache);
        assertThat(archives).hasSize(2);
        expectDone(ragd, "backend", "list");
        assertThat(archives(cache)).as("made once, then used").isEqualTo(archives);
    }

    private static TreeMap<String, Object> archives(Path cache) throws IOException {
        TreeMap<String, Object> found = new TreeMap<>();
        try (Stream<Path> all = Files.list(cache)) {
            for (Path file : all.filter(f -> f.toString().endsWith(".jsa")).toList()) {
                found.put(file.getFileName().toString(), Files.readAttributes(file, "unix:ino,size"));
            }
        }
        return found;
    }

    @Test
    void aFolderThatOthersMayWriteToHoldsNoArchives() throws Exception {
        Path shared = Files.createDirectories(temporary.resolve("shared/ragd"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        String ragd = installed.resolve("bin/ragd").toString();

        assertThat(expectDone("env", "XDG_CACHE_HOME=" + shared.getParent(), ragd, "--version"))
                .startsWith("ragd ");

        assertThat(shared).isEmptyDirectory();
    }

    @Test
    void aCopyOfTheScriptAloneSaysWhatIsMissing() throws Exception {
        Path copy = Files.copy(installed.resolve("bin/ragd"), temporary.resolve("ragd"));
        Result result = run("sh", copy.toString(), "--version");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("lib/ragd is missing").contains("link to bin/ragd instead of copying it");
    }

    @Test
    void bashCompletesCommandsOptionsAndValues() throws Exception {
        String script =
                installed.resolve("share/bash-completion/completions/ragd").toString();
        expectDone("bash", "-n", script);
        assertThat(completions(script, "col")).containsExactly("collections");
        assertThat(completions(script, "collections", "")).containsExactly("compact", "list", "prune", "rollback");
        assertThat(completions(script, "--home", "/somewhere", "jo")).containsExactly("jobs");
        assertThat(completions(script, "jobs", "stop", "--wa")).containsExactly("--wait");
        assertThat(completions(script, "migrate", "--from", "fa")).containsExactly("faiss", "faiss-file:");
        assertThat(completions(script, "index", "--backend", "=", "lu")).containsExactly("lucene");
        assertThat(completions(script, "search", "--mode", "h")).containsExactly("hybrid");
        assertThat(completions(script, "config", "set", "search.")).containsExactly("search.k");
        assertThat(completions(script, "jobs", "--all")).isEmpty();
        assertThat(completions(script, "index", "--exc")).containsExactly("--exclude");
        assertThat(completions(script, "schedule", "--at", "@daily", "in")).containsExactly("index");
        assertThat(completions(script, "schedule", "index", "--exc")).containsExactly("--exclude");
        assertThat(completions(script, "schedule", "collections", "pr")).containsExactly("prune");
        // An option that takes a folder in one command and a file in another.
        assertThat(completions(script, "schedule", "--output", installed + "/sha"))
                .containsExactly(installed + "/share");
        assertThat(completions(script, "audit", "--output", installed + "/sha")).isEmpty();
    }

    /** What the Tab key would offer behind these words, split as bash splits a line. */
    private static List<String> completions(String script, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                ". \"$1\"; shift; COMP_WORDS=(ragd \"$@\"); COMP_CWORD=$#; _ragd; printf '%s\\n' \"${COMPREPLY[@]}\"",
                "bash",
                script));
        command.addAll(Arrays.asList(words));
        return expectDone(command.toArray(String[]::new))
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void zshTakesItsCompletion() throws Exception {
        Path script = installed.resolve("share/zsh/site-functions/_ragd");
        assertThat(Files.readString(script)).startsWith("#compdef ragd\n");
        if (available("zsh")) {
            expectDone("zsh", "-n", script.toString());
        } else {
            System.err.println("NO ZSH FOR TESTS: its completion was not parsed");
        }
    }

    @Test
    void everyCommandHasAPageOfTheManual() throws Exception {
        Path pages = installed.resolve("share/man/man1");
        String program = Files.readString(pages.resolve("ragd.1"));
        for (String command : completions(
                installed.resolve("share/bash-completion/completions/ragd").toString(), "")) {
            Path page = pages.resolve("ragd-" + command + ".1");
            assertThat(program).contains("\\fBragd\\-" + command + "\\fR(1)");
            assertThat(Files.readAllLines(page))
                    .as(page.toString())
                    .filteredOn(line -> line.startsWith(".") || line.startsWith("'"))
                    .allMatch(line -> line.matches("\\.(\\\\\" .*|TH .*|SH .+|SS .+|PP|TP|nf|fi|B .+|BR .+)"));
            if (available("man")) {
                Result shown = run("env", "LC_ALL=C.UTF-8", "MAN_KEEP_FORMATTING=", "man", "-l", page.toString());
                assertThat(shown.err()).isEmpty();
                assertThat(shown.out()).contains("NAME", "ragd " + command, "SEE ALSO");
            } else {
                System.err.println("NO MAN FOR TESTS: " + page + " was not rendered");
            }
        }
    }

    private static boolean available(String program) throws IOException, InterruptedException {
        return run("sh", "-c", "command -v " + program).code() == 0;
    }

    @Test
    void everyJarIsNamedAmongTheThirdParties() throws IOException {
        List<String> patterns = Files.readAllLines(installed.resolve("share/doc/ragd/THIRD-PARTY.md")).stream()
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.replaceFirst("\\| `([^`]*)` \\| .+ \\| .* \\|", "$1"))
                .toList();
        List<String> jars;
        try (Stream<Path> all = Files.list(installed.resolve("lib/ragd/lib"))) {
            jars = all.map(f -> f.getFileName().toString().replaceFirst("-\\d.*|\\.jar$", ""))
                    .distinct()
                    .sorted()
                    .toList();
        }
        assertThat(jars)
                .hasSizeGreaterThan(100)
                .allSatisfy(jar -> assertThat(patterns)
                        .as("THIRD-PARTY.md has no line for " + jar + ", or two")
                        .filteredOn(pattern -> matcher(pattern).matches(Path.of(jar)))
                        .hasSize(1));
        assertThat(patterns)
                .allSatisfy(pattern -> assertThat(jars)
                        .as("THIRD-PARTY.md: nothing is called " + pattern + " any more")
                        .anyMatch(jar -> matcher(pattern).matches(Path.of(jar))));
    }

    private static PathMatcher matcher(String pattern) {
        return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    }

    @Test
    void theBillOfMaterialsNamesEveryJarAndTheNativeCode() throws IOException {
        Path file;
        try (Stream<Path> all = Files.list(installed.resolve("share/doc/ragd"))) {
            file = all.filter(f -> f.toString().endsWith(".cdx.json"))
                    .findFirst()
                    .orElseThrow();
        }
        JsonNode bom = json(Files.readString(file));
        List<String> names = new ArrayList<>();
        bom.get("components")
                .forEach(c -> names.add(
                        c.get("name").asString() + "-" + c.path("version").asString("")));
        assertThat(bom.get("bomFormat").asString()).isEqualTo("CycloneDX");
        try (Stream<Path> all = Files.list(installed.resolve("lib/ragd/lib"))) {
            assertThat(names)
                    .containsAll(all.map(f -> f.getFileName().toString().replaceFirst("\\.jar$", ""))
                            .filter(jar -> !jar.equals("ragd-native") && !jar.startsWith("spring-boot-jarmode-tools"))
                            .toList());
        }
        if (Files.exists(installed.resolve("lib/ragd/lib/ragd-native.jar"))) {
            assertThat(names).anyMatch(n -> n.matches("faiss-\\d.*")).anyMatch(n -> n.matches("openblas-\\d.*"));
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
