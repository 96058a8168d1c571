package dev.ragd.it;

import static dev.ragd.it.HostileFiles.shell;
import static dev.ragd.it.RefusalsIT.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that die, are not there, or are something else. */
class ServerFailuresIT {

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(folder);
    }

    @Test
    void anExternalServerThatDiesFailsTheRunAndTheSameCommandCompletesIt() {
        desk.writeMuch();
        Map<String, String> expected = desk.undisturbed();
        try (TestServer server = ChromaServers.fresh(Generation.V1_0)) {
            RawChroma chroma = new RawChroma(server.url());
            Ragd ragd = desk.manyBatches().withServer(server.url());
            String[] index = {"index", desk.docs.toString(), "--json"};
            try (Ragd.Running run = ragd.start(index)) {
                run.await("to write", () -> chroma.count(desk.collection) > 0).signal("STOP");
                server.kill();
                Ragd.Result failed = run.signal("CONT").await();
                error(failed, 1, "no Chroma server answers at " + server.url(), "storage.chromadb.url");
                assertThat(failed.json().at("/error/retryable").asBoolean()).isTrue();
            }
            error(ragd.run("search", "x", "--json"), 1, "no Chroma server answers at " + server.url(), "start it");
            Ragd.Result health = ragd.run("backend", "health", "--json").expect(1);
            assertThat(health.json().at("/status").asString()).isEqualTo("UNHEALTHY");
            server.start();

            Ragd.Result resumed = ragd.withServer(server.url()).run(index).expect(0);

            assertThat(resumed.json().at("/resumed").asBoolean()).isTrue();
            assertThat(new RawChroma(server.url()).contents(desk.collection)).isEqualTo(expected);
        }
    }

    @Test
    void aManagedServerThatDiesIsReplacedAndNothingIsMissing() throws IOException {
        desk.writeMuch();
        Map<String, String> expected = desk.undisturbed();
        Path program = folder.resolve("chroma");
        Files.writeString(
                program,
                ChromaServers.command(Generation.V1_0).stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" ", "#!/bin/sh\nexec ", " \"$@\"\n")));
        shell("chmod +x \"$1\"", program);
        Ragd ragd = Ragd.in(desk.ragd.home())
                .withSetting("storage.chromadb.program", program.toString())
                .withSetting("index.chunk_tokens", "16")
                .withSetting("index.chunk_overlap", "0");
        Path note = desk.ragd.home().resolve("data/chromadb/server.properties");

        try (Ragd.Running run = ragd.start("index", desk.docs.toString(), "--json")) {
            run.await("to start its server", () -> Files.exists(note));
            RawChroma chroma = new RawChroma(URI.create("http://127.0.0.1:" + read(note, "port")));
            run.await("to write", () -> chroma.count("documents") > 0).signal("STOP");
            shell("kill -9 $1", read(note, "pid"));
            Ragd.Result result = run.signal("CONT").await().expect(0);
            assertThat(result.json().at("/chunks/total").asInt()).isEqualTo(expected.size());
        }
        assertThat(note).as("the server was stopped with its last user").doesNotExist();
        // Another process, another server on the same data: what was acknowledged is on disk.
        Ragd.Result list = ragd.run("collections", "list", "--json").expect(0);
        assertThat(list.json().at("/collections/0/count").asInt()).isEqualTo(expected.size());
        Ragd.Result again = ragd.run("index", desk.docs.toString(), "--json").expect(0);
        assertThat(again.json().at("/files/unchanged").asInt()).isEqualTo(12);
    }

    @Test
    void whatIsNoChromaServerIsToldApart() throws IOException {
        desk.write("a.txt", "Penguins live in the south.");
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            byte[] page = "<html>Welcome to another program</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        web.start();
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            URI other = URI.create("http://127.0.0.1:" + web.getAddress().getPort());
            error(desk.ragd.withServer(other).run("search", "x", "--json"), 1, other.toString(), "not Chroma's");
            error(
                    desk.ragd.withServer(other).run("index", desk.docs.toString(), "--json"),
                    1,
                    other.toString(),
                    "check storage.chromadb.url");
            URI silent = URI.create("http://127.0.0.1:" + mute.getLocalPort());
            error(
                    desk.ragd
                            .withServer(silent)
                            .withSetting("storage.chromadb.timeout", "1s")
                            .run("search", "x", "--json"),
                    1,
                    silent.toString(),
                    "no answer within 1",
                    "storage.chromadb.timeout");
        } finally {
            web.stop(0);
        }
    }

    private static String read(Path note, String key) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(note)) {
            properties.load(reader);
            return properties.getProperty(key);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
