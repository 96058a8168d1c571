package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.ChromaServer;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CountedServerTest {

    @Test
    void everyRequestThatIsSentAgainIsTold() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger asked = new AtomicInteger();
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        AtomicInteger told = new AtomicInteger();
        ChromaSettings defaults = ChromaSettings.defaults();
        ChromaSettings impatient = new ChromaSettings(
                null,
                defaults.tenant(),
                defaults.database(),
                Map.of(),
                defaults.connectTimeout(),
                defaults.requestTimeout(),
                defaults.maxBatchRecords(),
                defaults.maxBatchBytes(),
                2,
                Duration.ofMillis(1),
                defaults.hnsw());
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (ChromaStore store =
                new ChromaStore(impatient, new CountedServer(ChromaServer.at(url), told::incrementAndGet))) {
            assertThatThrownBy(store::list).isInstanceOf(StoreException.class);
        } finally {
            server.stop(0);
        }
        assertThat(told.get()).isEqualTo(asked.get() - 1).isPositive();
    }
}
