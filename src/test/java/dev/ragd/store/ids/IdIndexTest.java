package dev.ragd.store.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class IdIndexTest {

    /** Enough ids to make the table grow twice, and enough removals to close gaps everywhere in it. */
    @Property(tries = 20)
    void behavesLikeAMap(@ForAll long seed) {
        Random random = new Random(seed);
        IdIndex index = new IdIndex();
        Map<String, Integer> map = new HashMap<>();
        for (int i = 0; i < 12_000; i++) {
            String id = "id-" + random.nextInt(3_000);
            if (random.nextInt(5) < 2) {
                assertThat(index.remove(id)).isEqualTo(orNone(map.remove(id)));
            } else {
                assertThat(index.put(id, i)).isEqualTo(orNone(map.put(id, i)));
            }
        }
        for (int i = 0; i < 3_000; i++) {
            assertThat(index.get("id-" + i)).isEqualTo(orNone(map.get("id-" + i)));
        }
    }

    private static int orNone(Integer sequence) {
        return sequence == null ? -1 : sequence;
    }
}
