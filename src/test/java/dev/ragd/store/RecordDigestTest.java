package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RecordDigestTest {

    /** The documented bytes, written out by other means. */
    @Example
    void hashesTheBytesThatItsJavadocPromises() throws Exception {
        Metadata metadata = Metadata.of(Map.of("s", "é", "i", -2L, "r", 0.1, "b", true, "l", List.of(1L, 2L)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write("ragd.record.1".getBytes(StandardCharsets.US_ASCII));
            string(out, "id😀");
            out.writeByte(1);
            out.writeInt(2);
            out.writeFloat(0.5f);
            out.writeFloat(-0.0f);
            out.writeByte(1);
            string(out, "text");
            out.writeInt(5);
            string(out, "b");
            out.writeByte('B');
            out.writeBoolean(true);
            string(out, "i");
            out.writeByte('I');
            out.writeLong(-2);
            string(out, "l");
            out.writeByte('L');
            out.writeInt(2);
            out.writeByte('I');
            out.writeLong(1);
            out.writeByte('I');
            out.writeLong(2);
            string(out, "r");
            out.writeByte('R');
            out.writeDouble(0.1);
            string(out, "s");
            out.writeByte('S');
            string(out, "é");
        }
        VectorRecord r = new VectorRecord("id😀", new float[] {0.5f, -0.0f}, "text", metadata);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        assertThat(RecordDigest.of(r)).isEqualTo(expected);
    }

    /** Digests are kept in reports: this one must never change. */
    @Example
    void theDigestOfAKnownRecordStaysTheSame() {
        VectorRecord r = new VectorRecord("a", new float[] {1, 2}, null, Metadata.of(Map.of("n", 1L)));
        assertThat(RecordDigest.hex(r)).isEqualTo("75883251d5d317858bc79cfcff5817901c96dd7d62f882de8558c4ed1d187e66");
    }

    @Example
    void whateverDiffersHasAnotherDigest() {
        Metadata none = Metadata.EMPTY;
        List<VectorRecord> records = List.of(
                new VectorRecord("a", new float[] {0}, "t", none),
                new VectorRecord("b", new float[] {0}, "t", none),
                new VectorRecord("a", new float[] {-0.0f}, "t", none),
                new VectorRecord("a", new float[] {Float.MIN_VALUE}, "t", none),
                new VectorRecord("a", new float[] {0, 0}, "t", none),
                new VectorRecord("a", null, "t", none),
                new VectorRecord("a", new float[] {0}, "", none),
                new VectorRecord("a", new float[] {0}, null, none),
                new VectorRecord("at", new float[] {0}, "", none),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", 3L))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", 3.0))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", "3"))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", List.of(3L)))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", List.of(3L, 3L)))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", true))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", 1L))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("j", 3L))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("j", 3L, "k", 3L))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", "aIb", "l", "c"))),
                new VectorRecord("a", new float[] {0}, "t", Metadata.of(Map.of("k", "aI", "bl", "c"))));
        assertThat(records.stream().map(RecordDigest::hex))
                .doesNotHaveDuplicates()
                .allMatch(h -> h.length() == 64);
    }

    /** Equal content, equal digest, however the record was made; other content, other digest. */
    @Property(tries = 200)
    void dependsOnContentOnly(@ForAll long seed) {
        List<VectorRecord> once = new RandomFilters(seed, true).records(10, 3);
        List<VectorRecord> again = new RandomFilters(seed, true).records(10, 3);
        for (int i = 0; i < once.size(); i++) {
            VectorRecord r = again.get(i);
            Map<String, MetadataValue> shuffled = new HashMap<>(r.metadata().values());
            TreeMap<String, MetadataValue> reversed = new TreeMap<>(Comparator.reverseOrder());
            reversed.putAll(shuffled);
            VectorRecord same = new VectorRecord(r.id(), r.vector(), r.text(), new Metadata(reversed));
            assertThat(RecordDigest.of(same)).isEqualTo(RecordDigest.of(once.get(i)));
            VectorRecord other = new VectorRecord(r.id(), r.vector(), r.text() + ".", r.metadata());
            assertThat(RecordDigest.of(other)).isNotEqualTo(RecordDigest.of(once.get(i)));
        }
    }

    private static void string(DataOutputStream out, String s) throws IOException {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
