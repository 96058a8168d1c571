package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.RagdApplication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands pay for what they use: measured as the classes that a process of their own loads. */
class ClassLoadingTest {

    /** The seams of the jobs: values and interfaces. Whatever works behind them may not be loaded. */
    private static final List<String> SEAMS = List.of(
            "dev.ragd.jobs.ExitCode",
            "dev.ragd.jobs.JobException",
            "dev.ragd.jobs.Progress",
            "dev.ragd.jobs.index.IndexService",
            "dev.ragd.jobs.index.IndexRequest",
            "dev.ragd.jobs.index.IndexReport",
            "dev.ragd.jobs.index.IndexResources",
            "dev.ragd.jobs.OwnerLock",
            "dev.ragd.jobs.migrate.MigrateService",
            "dev.ragd.jobs.migrate.MigrateRequest",
            "dev.ragd.jobs.migrate.MigrateReport",
            "dev.ragd.jobs.migrate.MigrateResources",
            "dev.ragd.jobs.repair.RepairService",
            "dev.ragd.jobs.repair.RepairRequest",
            "dev.ragd.jobs.repair.RepairReport",
            "dev.ragd.jobs.repair.AuditReport",
            "dev.ragd.jobs.ExitCode$1", // its switch
            "dev.ragd.jobs.JobReport",
            "dev.ragd.jobs.runs.Command",
            "dev.ragd.jobs.runs.Run",
            "dev.ragd.jobs.runs.RunFiles");

    @TempDir
    Path folder;

    private String out = "";
    private String err = "";

    @Test
    void searchEmbedsAndFindsWithoutSpringAndWithoutAnyJob() throws Exception {
        List<String> loaded = classesOf(SearchInMemory.class, "search", "a pet has a nap", "-k", "1");
        assertThat(out).contains("The cat sleeps on the warm stove.");
        assertThat(err).isEmpty();
        assertThat(startingWith(loaded, "ai.onnxruntime.")).isNotEmpty();
        assertThat(startingWith(loaded, "org.springframework.")).isEmpty();
        assertThat(startingWith(loaded, "io.micrometer.")).isEmpty();
        assertThat(startingWith(loaded, "dev.ragd.jobs.")).isSubsetOf(SEAMS);
    }

    @Test
    void searchInAnEmptyHomeStartsNothing() throws Exception {
        List<String> loaded = classesOf(RagdApplication.class, "search", "x");
        assertThat(err).contains("chromadb has no collection 'documents'");
        assertThat(loaded).contains("dev.ragd.cli.SearchCommand");
        assertLean(loaded);
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "--help",
                "config list",
                "config list --json",
                "backend list",
                "config set search.k 3"
            })
    void smallCommandsLoadLittle(String line) throws Exception {
        List<String> loaded = classesOf(RagdApplication.class, line.split(" "));
        assertThat(err).isEmpty();
        assertThat(loaded).contains("dev.ragd.cli.RagdCli");
        assertLean(loaded);
    }

    private static List<String> startingWith(List<String> classes, String prefix) {
        return classes.stream().filter(c -> c.startsWith(prefix)).toList();
    }

    private static void assertLean(List<String> loaded) {
        assertThat(startingWith(loaded, "dev.ragd.jobs.")).isSubsetOf(SEAMS);
        for (String heavy : List.of(
                "org.springframework.",
                "org.slf4j.",
                "ch.qos.logback.",
                "okhttp3.",
                "ai.onnxruntime.",
                "ai.djl.",
                "org.apache.tika.",
                "org.apache.parquet.",
                "dev.ragd.store.snapshot.",
                "java.net.http.",
                "tools.jackson.databind.",
                "io.micrometer.",
                "io.prometheus.",
                "me.tongfei.")) {
            assertThat(startingWith(loaded, heavy)).isEmpty();
        }
    }

    private List<String> classesOf(Class<?> main, String... args) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-Xlog:class+load=info:file=" + log + "::filecount=0",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "--home",
                folder.resolve("home").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RAGD_"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        out = Files.readString(folder.resolve("out"));
        err = Files.readString(folder.resolve("err"));
        try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.map(ClassLoadingTest::className).toList();
        }
    }

    /** A line is a class's name and its source, behind decorations in brackets. */
    private static String className(String line) {
        String bare = line.replaceFirst("^(\\[[^]]*])*\\s*", "");
        return bare.substring(0, bare.indexOf(' '));
    }
}
