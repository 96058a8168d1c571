package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LongWorkTest {

    @Test
    @Timeout(60)
    void whatLastsIsToldOfOnce() throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        long began = System.nanoTime();
        try (LongWork work = new LongWork(told::incrementAndGet)) {
            while (told.get() == 0) {
                assertThat(work.getAsBoolean()).isTrue();
                Thread.sleep(10);
            }
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(3_000_000_000L);
            assertThat(work.getAsBoolean()).isTrue();
        }
        assertThat(told).hasValue(1);
    }
}
