package dev.ragd.store.chromafolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pickles as Rust and Python write them; none is executed. */
class PickleReaderTest {

    /** pickle.dumps({...}, protocol=4) of Python 3.11: with references back and short numbers. */
    private static final String PYTHON =
            "gASVkwAAAAAAAAB9lCiMDmRpbWVuc2lvbmFsaXR5lEsIjBR0b3RhbF9lbGVtZW50c19hZGRlZJRKcBEBAIwKbWF4X3NlcV9pZJSKBQDyBSoBjAtpZF90b19sYWJlbJR9lCiMAWGUSwGMAWKUTSwBdYwLbGFiZWxfdG9faWSUfZQoSwFoBk0sAWgHdYwMaWRfdG9fc2VxX2lklH2UdS4=";
    /** An object of a class with such fields, as Chroma 0.4 pickled it. */
    private static final String OBJECT =
            "gASVngAAAAAAAACMMmNocm9tYWRiLnNlZ21lbnQuaW1wbC52ZWN0b3IubG9jYWxfcGVyc2lzdGVudF9obnN3lIwOUGVyc2lzdGVudERhdGGUk5QpgZR9lCiMDmRpbWVuc2lvbmFsaXR5lE6MCm1heF9zZXFfaWSUSweMC2lkX3RvX2xhYmVslH2UjAFhlEsBc4wLbGFiZWxfdG9faWSUfZRLAWgJc3ViLg==";
    /** pickle.dumps of an object whose __reduce__ calls os.system. */
    private static final String HOSTILE = "gASVHwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu";

    @Test
    void aDictionaryOfPython() throws IOException {
        assertThat(entries(PYTHON))
                .containsExactlyInAnyOrder(
                        "/dimensionality=8",
                        "/total_elements_added=70000",
                        "/max_seq_id=5000000000",
                        "id_to_label/a=1",
                        "id_to_label/b=300",
                        "label_to_id/1=a",
                        "label_to_id/300=b");
    }

    @Test
    void anObjectOfPython() throws IOException {
        assertThat(entries(OBJECT))
                .containsExactlyInAnyOrder(
                        "/dimensionality=null", "/max_seq_id=7", "id_to_label/a=1", "label_to_id/1=a");
    }

    @Test
    void nothingIsCalled() throws IOException {
        assertThatThrownBy(() -> entries(HOSTILE)).isInstanceOf(IOException.class);
    }

    @Test
    void damageIsSaid() {
        byte[] whole = Base64.getDecoder().decode(PYTHON);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
        }
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                read(flipped);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    private static List<String> entries(String base64) throws IOException {
        return read(Base64.getDecoder().decode(base64));
    }

    private static List<String> read(byte[] pickle) throws IOException {
        List<String> entries = new ArrayList<>();
        PickleReader.read(
                new ByteArrayInputStream(pickle),
                (dictionary, key, value) -> entries.add(dictionary + "/" + key + "=" + value));
        return entries;
    }
}
