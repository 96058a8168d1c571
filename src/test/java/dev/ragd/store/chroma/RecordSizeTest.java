package dev.ragd.store.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordSizeTest {

    /** The client's own encoder decides how large a body is; an estimate below it would let a batch exceed the limit. */
    @Test
    void isNeverLessThanWhatIsSent() {
        var gson = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
        for (String text :
                List.of("", "plain", "\"\\\n\t\0\u2028", "é".repeat(50), "語".repeat(50), "😀".repeat(50), "<>&='")) {
            for (int dimension : new int[] {1, 2, 3, 384}) {
                Metadata metadata = Metadata.of(new TreeMap<>(Map.of(
                        "k" + text,
                        text,
                        "n",
                        Long.MIN_VALUE,
                        "d",
                        -Double.MIN_NORMAL,
                        "b",
                        false,
                        "l",
                        List.of(text, "x"))));
                VectorRecord r = new VectorRecord("id" + text, new float[dimension], text, metadata);
                TreeMap<String, Object> raw = new TreeMap<>();
                metadata.values().forEach((k, v) -> raw.put(k, v.raw()));
                String vector = Base64.getEncoder().encodeToString(new byte[4 * dimension]);
                String body = gson.toJson(List.of(r.id(), vector, text, raw));
                int sent = body.getBytes(StandardCharsets.UTF_8).length;
                assertThat(RecordSize.of(r, true)).isBetween((long) sent, sent * 2L + 200);
            }
        }
    }
}
