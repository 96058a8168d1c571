package dev.ragd.store.faiss;

import dev.ragd.store.Metadata;
import java.util.Map;

/**
 * How a collection is indexed. Recorded with the collection when it is created.
 *
 * @param kind the kind of index
 * @param m links per vector and layer of a graph, 2 to 512
 * @param efConstruction candidates looked at when a vector joins a graph, 1 to 10,000
 */
public record IndexPlan(IndexKind kind, int m, int efConstruction) {

    /** What a collection gets when nothing is said. */
    public static final IndexPlan USUAL = new IndexPlan(IndexKind.AUTO, 32, 200);

    private static final String KIND = "index";
    private static final String M = "m";
    private static final String EF_CONSTRUCTION = "ef_construction";

    public IndexPlan {
        if (m < 2 || m > 512) {
            throw new IllegalArgumentException("m is " + m + ", expected 2 to 512");
        }
        if (efConstruction < 1 || efConstruction > 10_000) {
            throw new IllegalArgumentException("efConstruction is " + efConstruction + ", expected 1 to 10000");
        }
    }

    static IndexPlan of(Metadata settings) {
        String kind = settings.text(KIND);
        Long m = settings.integer(M);
        Long ef = settings.integer(EF_CONSTRUCTION);
        return new IndexPlan(
                kind == null ? USUAL.kind : IndexKind.of(kind),
                m == null ? USUAL.m : Math.toIntExact(m),
                ef == null ? USUAL.efConstruction : Math.toIntExact(ef));
    }

    Metadata toSettings() {
        return Metadata.of(Map.of(KIND, kind.label(), M, (long) m, EF_CONSTRUCTION, (long) efConstruction));
    }
}
