package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;

/**
 * The model that makes a collection's vectors, and the proof that it is still the same: fingerprint and canaries are compared
 * before the first embedding of a process. Safe for use by several threads.
 */
final class CollectionModel {

    private static final String MODEL = "embedder";
    private static final String FINGERPRINT = "embedder.fingerprint";

    /** Vectors of the first batch of a process that are compared with the model's own, at least. */
    private static final int FIRST_SAMPLE = 64;

    private static final int ONE_OF = 100;
    private static final double LENGTH_TOLERANCE = 1e-3;

    private final CollectionFolder folder;
    private final Supplier<Embedder> supplier;
    private final Random random = new Random();
    private boolean wroteBefore;
    private volatile boolean verified;

    CollectionModel(CollectionFolder folder, Supplier<Embedder> supplier) {
        this.folder = folder;
        this.supplier = supplier;
    }

    /** What the header of a new collection says of its model. */
    static Metadata describe(EmbedderId id) {
        return Metadata.EMPTY.with(MODEL, id.provider() + ":" + id.model()).with(FINGERPRINT, id.fingerprint());
    }

    /**
     * Prepares the folder of a new collection.
     *
     * @throws StoreException.DimensionMismatch when the model's vectors have another length
     */
    static void found(CollectionFolder folder, Embedder model) throws IOException {
        Canaries.write(folder.file(Canaries.NAME), model);
        CollectionSpec spec = folder.header().spec();
        int dimension = model.id().dimension();
        if (dimension != 0 && dimension != spec.dimension()) {
            throw new StoreException.DimensionMismatch(
                    LeannStore.NAME, spec.name(), spec.dimension(), dimension, "model " + model.id());
        }
    }

    /**
     * The vectors of texts, {@code float[n][dimension]}.
     *
     * @throws StoreException.EmbedderMismatch when the model is another one, or no longer gives the same vectors
     */
    float[][] embed(List<String> texts) {
        float[][] vectors = verified().embedDocuments(texts);
        for (float[] vector : vectors) {
            requireDimension(vector);
        }
        return vectors;
    }

    /** The vector of a question. */
    float[] embedQuery(String text) {
        float[] vector = verified().embedQuery(text);
        requireDimension(vector);
        return vector;
    }

    private void requireDimension(float[] vector) {
        CollectionSpec spec = folder.header().spec();
        if (vector.length != spec.dimension()) {
            throw new StoreException.DimensionMismatch(
                    LeannStore.NAME, spec.name(), spec.dimension(), vector.length, "the model's vector");
        }
    }

    /**
     * Makes sure that vectors are the model's: by recomputing 64 of the first batch of a process, or a hundredth of it if
     * that is more, and a hundredth of later ones.
     *
     * @param batch with vectors and texts
     * @throws StoreException.ForeignVectors when one is not
     */
    void requireOwn(List<VectorRecord> batch) {
        List<VectorRecord> sample = sample(batch);
        List<String> texts = new ArrayList<>();
        sample.forEach(r -> texts.add(Objects.requireNonNull(r.text())));
        float[][] own = embed(texts);
        for (int i = 0; i < own.length; i++) {
            VectorRecord record = sample.get(i);
            float[] given = Objects.requireNonNull(record.vector());
            double similarity = Canaries.similarity(given, own[i]);
            double longer = similarity == 1 ? 1 : length(given) / length(own[i]);
            if (similarity < Canaries.SAME || Math.abs(longer - 1) > LENGTH_TOLERANCE) {
                throw new StoreException.ForeignVectors(
                        LeannStore.NAME, folder.header().spec().name(), model(), record.id(), similarity);
            }
        }
    }

    private synchronized List<VectorRecord> sample(List<VectorRecord> batch) {
        int hundredth = (batch.size() + ONE_OF - 1) / ONE_OF;
        int wanted = wroteBefore ? hundredth : Math.max(FIRST_SAMPLE, hundredth);
        wroteBefore = true;
        if (wanted >= batch.size()) {
            return batch;
        }
        List<VectorRecord> sample = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) { // each with equal chance (Knuth, algorithm S)
            if (random.nextInt(batch.size() - i) < wanted - sample.size()) {
                sample.add(batch.get(i));
            }
        }
        return sample;
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        return Math.sqrt(square);
    }

    /** The model that made the vectors, for people. */
    String model() {
        return String.valueOf(folder.header().settings().text(MODEL));
    }

    /** The failure for a record whose code is not that of its text's vector. */
    StoreException drifted(VectorRecord record) {
        return new StoreException.EmbedderMismatch(name() + ": the vector that " + model() + " gives for record '"
                + record.id() + "' is not the one that its code was made from: the vector that was written was not the"
                + " model's, or the model no longer gives the same ones; " + WAY_OUT);
    }

    private static final String WAY_OUT = "'ragd index --full' embeds the documents again into a new generation";

    private Embedder verified() {
        Embedder model = supplier.get();
        if (!verified) {
            synchronized (this) {
                if (!verified) {
                    verify(model);
                    verified = true;
                }
            }
        }
        return model;
    }

    private void verify(Embedder model) {
        EmbedderId id = model.id();
        if (!id.fingerprint().equals(folder.header().settings().text(FINGERPRINT))) {
            throw new StoreException.EmbedderMismatch(name() + " holds no vectors: it makes them anew with " + model()
                    + ", but the configured model is " + id + "; set the model that made it (embed.provider,"
                    + " embed.model), or: " + WAY_OUT);
        }
        double similarity = Canaries.compare(folder.file(Canaries.NAME), model);
        if (similarity < Canaries.SAME) {
            throw new StoreException.EmbedderMismatch(name() + ": " + model() + " gives other vectors than when the"
                    + " collection was made, though its fingerprint is the same (least cosine of the canary texts "
                    + similarity + ", expected at least " + Canaries.SAME
                    + "): the runtime, the processor or the server changed; go back to what made it, or: "
                    + WAY_OUT);
        }
    }

    private String name() {
        return LeannStore.NAME + " collection '" + folder.header().spec().name() + "'";
    }
}
