package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;

/** Compares records by content, as exactly as a collection's capabilities promise. */
public final class RecordAssert {

    private RecordAssert() {}

    /** Fails unless a record is what the collection promises to keep of it. */
    public static void assertSame(VectorRecord actual, VectorRecord expected, VectorCollection collection) {
        assertSame(actual, expected, collection.capabilities(), collection.vectorError());
    }

    /** Fails unless id, text, metadata and (where vectors can be read) the vector are the same. */
    public static void assertSame(VectorRecord actual, VectorRecord expected, Set<Capability> capabilities) {
        assertSame(actual, expected, capabilities, 0);
    }

    private static void assertSame(
            VectorRecord actual, VectorRecord expected, Set<Capability> capabilities, double vectorError) {
        String id = expected.id();
        assertThat(actual.id()).isEqualTo(id);
        // Plain equality first: a diff of two megabytes helps nobody.
        if (expected.text() == null || !expected.text().equals(actual.text())) {
            assertThat(actual.text()).as("text of '%s'", id).isEqualTo(expected.text());
        }
        assertThat(actual.metadata().values().keySet())
                .as("metadata keys of '%s'", id)
                .isEqualTo(expected.metadata().values().keySet());
        boolean exact = capabilities.contains(Capability.EXACT_DOUBLES);
        expected.metadata().values().forEach((key, value) -> {
            MetadataValue found = actual.metadata().get(key);
            assertThat(exact ? found.equals(value) : near(found, value))
                    .as("'%s' of '%s' is %s, expected %s", key, id, found, value)
                    .isTrue();
        });
        if (capabilities.contains(Capability.VECTORS) && vectorError > 0) {
            assertThat(error(actual.vector(), expected.vector()))
                    .as("error of the vector of '%s'", id)
                    .isLessThanOrEqualTo(vectorError);
        } else if (capabilities.contains(Capability.VECTORS)) {
            assertVector(actual.vector(), expected.vector(), capabilities.contains(Capability.EXACT_VECTORS), id);
        }
    }

    private static double error(float[] actual, float[] expected) {
        double lost = 0;
        double square = 0;
        for (int i = 0; i < expected.length; i++) {
            lost += Math.pow((double) actual[i] - expected[i], 2);
            square += (double) expected[i] * expected[i];
        }
        return lost == 0 ? 0 : Math.sqrt(lost / square);
    }

    private static void assertVector(float[] actual, float[] expected, boolean exact, String id) {
        assertThat(actual).as("vector of '%s'", id).isNotNull().hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            boolean same = Float.floatToRawIntBits(actual[i]) == Float.floatToRawIntBits(expected[i]);
            boolean close = Math.abs((double) actual[i] - expected[i]) <= 2 * Math.ulp(expected[i]);
            assertThat(same || (!exact && close))
                    .as("component %s of '%s' is %s, expected %s", i, id, actual[i], expected[i])
                    .isTrue();
        }
    }

    private static boolean near(MetadataValue a, MetadataValue b) {
        if (a instanceof MetadataValue.Real x && b instanceof MetadataValue.Real y) {
            return Math.abs(x.value() - y.value()) <= 4 * Math.ulp(y.value());
        } else if (a instanceof MetadataValue.Items x && b instanceof MetadataValue.Items y) {
            List<MetadataValue.Scalar> p = x.values();
            List<MetadataValue.Scalar> q = y.values();
            boolean all = p.size() == q.size();
            for (int i = 0; all && i < p.size(); i++) {
                all = near(p.get(i), q.get(i));
            }
            return all;
        }
        return a.equals(b);
    }
}
