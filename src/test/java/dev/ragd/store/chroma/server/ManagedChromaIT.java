package dev.ragd.store.chroma.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The managed server with real servers and real second processes. */
@Timeout(180)
class ManagedChromaIT {

    @TempDir
    Path directory;

    private Path home;
    private final List<Process> users = new ArrayList<>();

    @BeforeEach
    void home() throws IOException {
        home = Files.createDirectory(directory.resolve("home")).toRealPath();
    }

    @AfterEach
    void killLeftovers() {
        users.forEach(Process::destroyForcibly);
        servers().forEach(ProcessHandle::destroyForcibly);
    }

    @ParameterizedTest
    @EnumSource
    void startsServesAndStops(Generation generation) throws Exception {
        ManagedSettings settings = settings(generation);
        VectorRecord r = new VectorRecord("a", new float[] {1, 2}, "text", Metadata.EMPTY);
        ProcessHandle first;
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            store.create(new CollectionSpec("docs", 2, Distance.L2, Metadata.EMPTY))
                    .upsert(List.of(r));
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(store.health().checks().get(0).detail()).contains("managed by ragd");
            first = onlyServer();
        }
        assertThat(Processes.isRunning(first)).isFalse();
        assertThat(home.resolve("data/chromadb/server.properties")).doesNotExist();
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            assertThat(store.open("docs").get(List.of("a"), Field.ALL))
                    .singleElement()
                    .satisfies(found -> assertThat(found.text()).isEqualTo("text"));
        }
        assertThat(servers()).isEmpty();
    }

    @Test
    void twoUsersInOneProcessShareOneServer() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        ManagedChroma one = ManagedChroma.open(settings, note -> {});
        ManagedChroma two = ManagedChroma.open(settings, note -> {});
        assertThat(two.pid()).isEqualTo(one.pid());
        one.close();
        one.close();
        assertThat(ServerProcess.answers(two.url().getPort(), Duration.ofSeconds(5)))
                .isTrue();
        two.close();
        assertThat(servers()).isEmpty();
    }

    @Test
    void aSecondProcessJoinsAndTheLastOneStopsTheServer() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        User other;
        ProcessHandle server;
        try (ManagedChroma mine = ManagedChroma.open(settings, note -> {})) {
            other = new User(settings);
            assertThat(other.serverPid).isEqualTo(mine.pid());
            server = onlyServer();
        }
        assertThat(Processes.isRunning(server)).as("the other still uses it").isTrue();
        other.leave();
        assertThat(Processes.isRunning(server)).as("the last one left").isFalse();
    }

    @Test
    void aServerWhoseOwnerWasKilledIsTakenOver() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        User owner = new User(settings);
        owner.process.destroyForcibly().waitFor();
        ProcessHandle orphan = onlyServer();
        try (ManagedChroma mine = ManagedChroma.open(settings, note -> {})) {
            assertThat(mine.pid()).isEqualTo(orphan.pid()).isEqualTo(owner.serverPid);
        }
        assertThat(Processes.isRunning(orphan)).isFalse();
    }

    @Test
    void anOrphanWithoutANoteIsReplaced() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        User owner = new User(settings);
        owner.process.destroyForcibly().waitFor();
        ProcessHandle orphan = onlyServer();
        Files.delete(home.resolve("data/chromadb/server.properties"));
        try (ManagedChroma mine = ManagedChroma.open(settings, note -> {})) {
            assertThat(mine.pid()).isNotEqualTo(orphan.pid());
            assertThat(onlyServer().pid()).isEqualTo(mine.pid());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRoomOfADroppedCollectionIsGivenBack(Generation generation) throws Exception {
        ManagedSettings settings = settings(generation);
        Path database = home.resolve("data/chromadb/chroma.sqlite3");
        List<VectorRecord> kept = records(50);
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            CollectionSpec spec = new CollectionSpec("kept", 2, Distance.L2, Metadata.EMPTY);
            store.create(spec).upsert(kept);
            store.create(new CollectionSpec("gone", 2, Distance.L2, Metadata.EMPTY))
                    .upsert(records(2_000));
        }
        long both = Files.size(database);
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            store.list();
        }
        assertThat(database).as("nothing was dropped").hasSize(both);
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            store.drop("gone");
        }
        assertThat(Files.size(database)).isLessThan(both / 3);
        assertThat(Vacuum.Room.of(database).bytes()).isEqualTo(Files.size(database));
        assertThat(Vacuum.Room.of(database).free()).isZero();
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            VectorCollection docs = store.open("kept");
            assertThat(docs.get(kept.stream().map(VectorRecord::id).toList(), Field.ALL))
                    .extracting(RecordDigest::hex)
                    .containsExactlyInAnyOrderElementsOf(
                            kept.stream().map(RecordDigest::hex).toList());
            docs.upsert(records(60));
            assertThat(docs.count()).isEqualTo(60);
        }
    }

    private static List<VectorRecord> records(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> new VectorRecord(
                        "id" + i, new float[] {i, 1}, (i + " words of some text ").repeat(50), Metadata.EMPTY))
                .toList();
    }

    @Test
    void whatAKilledProcessLeftAtWorkOnTheDatabaseIsEnded() throws Exception {
        ManagedSettings settings = settings(Generation.V1_0);
        ProcessBuilder left = new ProcessBuilder(
                script("while :; do sleep 0.1; done").toString(),
                "vacuum",
                "--path",
                settings.data().toString(),
                "--force");
        left.environment().putAll(ServerProcess.environment(settings));
        Process vacuum = left.start();
        users.add(vacuum);
        try (ManagedChroma mine = ManagedChroma.open(settings, note -> {})) {
            assertThat(vacuum.isAlive()).isFalse();
            assertThat(onlyServer().pid()).isEqualTo(mine.pid());
        }
    }

    @Test
    void aServerThatHangsIsReplaced() throws Exception {
        ManagedSettings settings = settings(Generation.V1_0);
        User owner = new User(settings);
        owner.process.destroyForcibly().waitFor();
        ProcessHandle hanging = onlyServer();
        new ProcessBuilder("kill", "-STOP", String.valueOf(hanging.pid()))
                .start()
                .waitFor();
        try (ManagedChroma mine = ManagedChroma.open(settings, note -> {})) {
            assertThat(mine.pid()).isNotEqualTo(hanging.pid());
            assertThat(Processes.isRunning(hanging)).isFalse();
        }
    }

    @Test
    void aServerOfSomebodyElseOnTheFolderIsLeftAlone() throws Exception {
        ManagedSettings settings = settings(Generation.V1_0);
        Files.createDirectories(settings.data());
        List<String> command = new ArrayList<>(ChromaServers.command(Generation.V1_0));
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        command.addAll(List.of("run", "--path", settings.data().toString(), "--port", String.valueOf(port)));
        Process theirs = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        users.add(theirs);
        assertThatThrownBy(() -> ManagedChroma.open(settings, note -> {}))
                .isInstanceOf(StoreException.StoreBusy.class)
                .hasMessageContaining(String.valueOf(theirs.pid()))
                .hasMessageContaining("storage.chromadb.url");
        assertThat(theirs.isAlive()).isTrue();
    }

    @Test
    void twoProcessesAtOnceStartOneServer() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        List<CompletableFuture<User>> starting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> user(settings)));
        }
        List<User> all = starting.stream().map(CompletableFuture::join).toList();
        assertThat(all).extracting(u -> u.serverPid).containsOnly(all.get(0).serverPid);
        assertThat(onlyServer().pid()).isEqualTo(all.get(0).serverPid);
        for (User u : all) {
            u.leave();
        }
        assertThat(servers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aTakenPortIsLeftForAnother(Generation generation) throws Exception {
        ManagedSettings settings = settings(generation);
        Files.createDirectories(settings.data());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            LogTail tail = LogTail.from(settings.log());
            // What a port that is taken between the look and the start does to a server ...
            ManagedChroma chroma = ManagedChroma.open(settings, note -> {});
            assertThat(chroma.url().getPort()).isNotEqualTo(taken.getLocalPort());
            chroma.close();
            assertThat(tail.read()).doesNotContain("not available");
            ServerState loser = ServerProcess.launch(program(settings), settings, taken.getLocalPort());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (loser.process().isPresent() && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            // ... is what start() looks for before it tries another.
            assertThat(loser.process()).isEmpty();
            assertThat(tail.read()).containsPattern(ServerProcess.PORT_TAKEN);
        }
    }

    @Test
    void aServerThatDiesIsStartedAgainAndTheWriteArrives() throws Exception {
        ManagedSettings settings = settings(Generation.V1_5);
        ManagedChroma chroma = ManagedChroma.open(settings, note -> {});
        try (ChromaStore store = store(chroma)) {
            VectorCollection docs = store.create(new CollectionSpec("docs", 2, Distance.L2, Metadata.EMPTY));
            docs.upsert(List.of(new VectorRecord("before", new float[] {1, 2}, "text", Metadata.EMPTY)));
            long first = chroma.pid();
            onlyServer().destroyForcibly();
            docs.upsert(List.of(new VectorRecord("after", new float[] {1, 2}, "text", Metadata.EMPTY)));
            assertThat(chroma.pid()).isNotEqualTo(first);
            assertThat(docs.get(List.of("before", "after"), Field.NONE)).hasSize(2);
        }
        assertThat(servers()).isEmpty();
    }

    @Test
    void aServerThatKeepsDyingIsAnErrorWithItsLog() throws Exception {
        Path program = script(
                "echo the disk is made of cheese; [ -e " + home + "/dying ] && exit 3; " + real(Generation.V1_0));
        ManagedSettings settings = ManagedSettings.in(home).withProgram(program);
        try (ChromaStore store = store(ManagedChroma.open(settings, note -> {}))) {
            Files.createFile(home.resolve("dying"));
            onlyServer().destroyForcibly();
            assertThatThrownBy(store::list)
                    .isInstanceOf(StoreException.StoreUnavailable.class)
                    .hasMessageContaining("the disk is made of cheese")
                    .hasMessageContaining(settings.log().toString());
        }
    }

    @Test
    void aProgramThatDoesNotServeIsAnErrorWithItsOutput() throws Exception {
        ManagedSettings settings = ManagedSettings.in(home).withProgram(script("echo unknown command: run; exit 2"));
        assertThatThrownBy(() -> ManagedChroma.open(settings, note -> {}))
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining("unknown command: run")
                .hasMessageContaining("storage.chromadb.url");
    }

    @Test
    void aProgramThatNeverAnswersIsStopped() throws Exception {
        Path program = script("echo thinking; exec sleep 600");
        ManagedSettings settings = new ManagedSettings(
                home, home.resolve("data/chromadb"), program, true, Duration.ofSeconds(2), Duration.ofSeconds(1));
        assertThatThrownBy(() -> ManagedChroma.open(settings, note -> {}))
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining("did not answer within 2 s")
                .hasMessageContaining("thinking");
    }

    @Test
    void aMissingProgramIsNamed() {
        Path missing = home.resolve("no-such-chroma");
        assertThatThrownBy(() -> ManagedChroma.open(ManagedSettings.in(home).withProgram(missing), note -> {}))
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("storage.chromadb.program");
    }

    @Test
    void withoutAProgramOneIsInstalledFromNpm() {
        ManagedSettings settings = new ManagedSettings(
                home, home.resolve("data/chromadb"), null, false, Duration.ofSeconds(60), Duration.ofSeconds(10));
        List<String> notes = new ArrayList<>();
        try (ManagedChroma chroma = ManagedChroma.open(settings, notes::add)) {
            assertThat(notes).singleElement().satisfies(n -> assertThat(n).contains("npm"));
            assertThat(ServerProcess.answers(chroma.url().getPort(), Duration.ofSeconds(5)))
                    .isTrue();
        }
        notes.clear();
        ManagedChroma.open(settings, notes::add).close();
        assertThat(notes).as("it is there now").isEmpty();
    }

    /** Ctrl-C reaches every process of the terminal's group; the server must outlive the client that is finishing. */
    @Test
    void theServerIsInASessionOfItsOwn() throws Exception {
        try (ManagedChroma chroma = ManagedChroma.open(settings(Generation.V1_5), note -> {})) {
            String session = Command.run(
                            List.of("ps", "-o", "sid=", "-p", String.valueOf(chroma.pid())),
                            null,
                            Duration.ofSeconds(5))
                    .output()
                    .strip();
            assertThat(session).isEqualTo(String.valueOf(chroma.pid()));
        }
    }

    private static ChromaStore store(ManagedChroma chroma) {
        return new ChromaStore(ChromaSettings.defaults(), chroma);
    }

    private List<ProcessHandle> servers() {
        return Processes.workingIn(home.resolve("data/chromadb"));
    }

    private ProcessHandle onlyServer() {
        assertThat(servers()).hasSize(1);
        return servers().get(0);
    }

    private static ChromaProgram program(ManagedSettings settings) {
        return ChromaProgram.find(settings, note -> {});
    }

    private ManagedSettings settings(Generation generation) throws IOException {
        return ManagedSettings.in(home).withProgram(script(real(generation)));
    }

    private static String real(Generation generation) {
        return "exec " + String.join(" ", ChromaServers.command(generation)) + " \"$@\"";
    }

    private Path script(String body) throws IOException {
        Path script = directory.resolve("chroma-" + body.hashCode());
        if (!Files.exists(script)) {
            Files.writeString(script, "#!/bin/sh\n" + body + "\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return script;
    }

    private User user(ManagedSettings settings) {
        try {
            return new User(settings);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A second process. */
    private final class User {
        private final Process process;
        private final BufferedReader output;
        private final long serverPid;

        User(ManagedSettings settings) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ManagedUser.class.getName(),
                            settings.home().toString(),
                            settings.program().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            synchronized (users) {
                users.add(process);
            }
            output = process.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            while (line != null && !line.startsWith("using ")) {
                line = output.readLine();
            }
            assertThat(line).isNotNull();
            serverPid = Long.parseLong(line.split(" ")[1]);
        }

        void leave() throws Exception {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }
}
