package dev.ragd.it;

import static dev.ragd.it.RefusalsIT.error;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs that are stopped, and runs that meet another one. */
class SignalsIT {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = "CHROMA_1_5", mode = EnumSource.Mode.EXCLUDE)
    void aStoppedRunIsTakenUpAndASecondOneIsToldAtOnceWhoOwnsTheHome(Backend backend) {
        Desk desk = new Desk(folder, backend);
        desk.writeMuch();
        Ragd ragd = desk.manyBatches();
        String[] index = {"index", desk.docs.toString(), "--json"};

        try (Ragd.Running first = ragd.start(index)) {
            first.await("to write", () -> desk.count() > 0);
            first.signal("STOP"); // it stays where it is while we look around
            Ragd.Result second = ragd.run(index);
            error(second, 75, "another run owns this home", "process " + first.pid());
            assertThat(second.duration()).isLessThan(Duration.ofSeconds(20));
            error(ragd.run("index", desk.docs.toString(), "--dry-run", "--json"), 75, "another run owns this home");
            assertThat(ragd.run("search", "number", "--json")
                            .expect(0)
                            .json()
                            .at("/results")
                            .size())
                    .as("searching needs no ownership")
                    .isEqualTo(10);
            first.signal("CONT").signal("TERM");
            error(first.await(), 143, "stopped", "the same command goes on");
        }
        long atFirst = desk.count();
        try (Ragd.Running resumed = ragd.start(index)) {
            resumed.await("to write", () -> desk.count() > atFirst);
            resumed.signal("INT");
            error(resumed.await(), 130, "stopped", "the same command goes on");
            assertThat(resumed.stderr()).contains("taking up the run that was stopped");
        }

        Ragd.Result last = ragd.run(index).expect(0);

        assertThat(last.json().at("/resumed").asBoolean()).isTrue();
        Map<String, String> contents = desk.contents();
        assertThat(last.json().at("/chunks/written").asInt())
                .as("no batch was embedded twice")
                .isEqualTo(contents.size());
        assertThat(contents).isEqualTo(desk.undisturbed());
        assertThat(ragd.run(index).expect(0).json().at("/files/unchanged").asInt())
                .isEqualTo(12);
    }
}
