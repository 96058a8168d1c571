package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs that are looked at, stopped and taken up from another shell. */
class JobsIT {

    @TempDir
    Path folder;

    @Test
    void aRunIsSeenStoppedKilledAndTakenUpFromAnotherShell() {
        Desk desk = new Desk(folder, Backend.LUCENE);
        desk.writeMuch(3);
        Ragd elsewhere = desk.manyBatches();
        Ragd ragd = elsewhere.through(List.of("env", "-C", desk.folder.toString()));
        assertThat(elsewhere.run("jobs", "list").expect(0).stderr()).contains("no job has run");

        try (Ragd.Running first = ragd.start("index", "docs")) { // a relative path
            first.await("to write", () -> desk.count() > 0);
            JsonNode running =
                    elsewhere.run("jobs", "list", "--json").expect(0).json().at("/runs/0");
            assertThat(running.at("/state").asString()).isEqualTo("running");
            assertThat(running.at("/pid").asLong()).isEqualTo(first.pid());
            assertThat(running.at("/command").toString()).isEqualTo("[\"index\",\"docs\"]");

            JsonNode stopped =
                    elsewhere.run("jobs", "stop", "1", "--json").expect(0).json();
            assertThat(stopped.at("/stopped").asBoolean()).isTrue();
            assertThat(first.await().exitCode()).isEqualTo(143);
        }
        JsonNode shown = elsewhere.run("jobs", "show", "--json").expect(0).json();
        assertThat(shown.at("/state").asString()).isEqualTo("stopped");
        assertThat(shown.at("/exit_code").asInt()).isEqualTo(143);
        assertThat(shown.at("/steps").findValuesAsString("name")).startsWith("scan");

        long before = desk.count();
        try (Ragd.Running resumed = elsewhere.start("jobs", "resume")) {
            resumed.await("to write", () -> desk.count() > before);
            assertThat(resumed.stderr()).contains("going on with run 1").contains("taking up the run that was stopped");
            long job = elsewhere
                    .run("jobs", "show", "2", "--json")
                    .expect(0)
                    .json()
                    .at("/pid")
                    .asLong();
            assertThat(job).isNotEqualTo(resumed.pid());
            ProcessHandle.of(job).orElseThrow().destroyForcibly(); // the job, not the command that waits for it
            assertThat(resumed.await().exitCode()).isEqualTo(137);
        }
        String cutOff = elsewhere.run("jobs", "show", "2").expect(0).stdout();
        assertThat(cutOff).contains("cut off").contains("was killed").contains("ragd jobs resume 2");

        Ragd.Result last = elsewhere.run("jobs", "resume", "2").expect(0);
        assertThat(last.stdout()).contains("12 seen");
        assertThat(desk.contents()).isEqualTo(desk.undisturbed());
        String list = elsewhere.run("jobs", "list").expect(0).stdout();
        assertThat(list.lines().skip(1).map(line -> line.strip().substring(0, 1)))
                .containsExactly("3", "2", "1");
        elsewhere.run("jobs", "resume", "3").expect(2);
        assertThat(elsewhere.run("jobs", "stop").expect(0).stdout()).contains("no job is under way");
    }

    @Test
    void aSignalToTheCommandThatWaitsReachesTheJob() {
        Desk desk = new Desk(folder, Backend.LUCENE);
        desk.writeMuch(3);
        Ragd ragd = desk.manyBatches();
        try (Ragd.Running first = ragd.start("index", desk.docs.toString())) {
            first.await("to write", () -> desk.count() > 0);
            first.kill();
        }
        long before = desk.count();
        try (Ragd.Running resumed = ragd.start("jobs", "resume")) {
            resumed.await("to write", () -> desk.count() > before);
            resumed.signal("TERM");
            assertThat(resumed.await().exitCode()).isEqualTo(143);
        }
        JsonNode run = ragd.run("jobs", "show", "--json").expect(0).json();
        assertThat(run.at("/state").asString()).isEqualTo("stopped");
    }

    @Test
    void theRecordOfARunSaysWhatCameOfItAndTheHomeIsPrivate() throws IOException {
        Desk desk = new Desk(folder, Backend.LUCENE);
        Files.writeString(desk.docs.resolve("good.txt"), "One sentence about lighthouses.");
        Files.copy(Path.of("sample-docs/broken.docx"), desk.docs.resolve("broken.docx"));
        Ragd.Result other = desk.index("--set", "embed.model=no-such-model").expect(2);
        JsonNode failed = desk.ragd.run("jobs", "show", "--json").expect(0).json();
        assertThat(failed.at("/exit_code").asInt()).as(other.stderr()).isEqualTo(2);

        desk.index().expect(3);
        JsonNode done = desk.ragd.run("jobs", "show", "--json").expect(0).json();
        assertThat(done.at("/counts/documents_indexed").asInt()).isEqualTo(1);
        assertThat(done.at("/counts/documents_quarantined").asInt()).isEqualTo(1);
        assertThat(done.at("/remarks/0").asString()).contains("quarantined: ").contains("broken.docx: ");
        assertThat(desk.ragd.run("jobs", "show").expect(0).stdout())
                .contains("counted  documents indexed 1, documents quarantined 1, chunks written 1")
                .contains("broken.docx");
        JsonNode again = desk.ragd.run("jobs", "resume", "1", "--json").json();
        assertThat(again.at("/error/code").asInt())
                .as("the same command with the same option")
                .isEqualTo(2);

        JsonNode all =
                desk.ragd.run("backend", "health", "--all", "--json").expect(0).json();
        assertThat(all.at("/backends/0/backend").asString()).isEqualTo("chromadb");
        assertThat(all.at("/backends/0/status").asString())
                .as("it is not set up only to be asked")
                .isEqualTo("UNKNOWN");
        assertThat(desk.ragd.run("backend", "health", "--quiet").expect(0).stdout())
                .isEmpty();
        for (Path path : List.of(
                desk.ragd.home(),
                desk.ragd.home().resolve("jobs"),
                desk.ragd.home().resolve("cache"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .isEqualTo("rwx------");
        }
    }
}
