package dev.ragd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.memory.InMemoryStore;
import org.junit.jupiter.api.Test;

class HealthServiceTest {

    @Test
    void anOpenStoreAnswersForItselfAndIsClosed() {
        InMemoryStore store = new InMemoryStore();
        assertThat(HealthService.check(() -> store).status()).isEqualTo(Health.Status.HEALTHY);
        assertThat(store.health().status()).isEqualTo(Health.Status.UNHEALTHY);
    }

    @Test
    void aStoreThatCannotBeOpenedIsUnhealthyWithAdvice() {
        Health health = HealthService.check(() -> {
            throw new StoreException.StoreUnavailable("chromadb at x does not answer; start it", null);
        });
        assertThat(health.checks())
                .containsExactly(
                        new Health.Check("open", Health.Status.UNHEALTHY, "chromadb at x does not answer", "start it"));
    }
}
