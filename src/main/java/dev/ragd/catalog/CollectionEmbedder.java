package dev.ragd.catalog;

import dev.ragd.embed.EmbedderId;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.util.Optional;

/**
 * The model that made a collection's vectors, as it is written into the collection's attributes.
 *
 * @param model provider and name, for example {@code local:all-minilm-l6-v2-int8}
 * @param fingerprint see {@link EmbedderId#fingerprint()}
 * @param dimension components per vector
 */
public record CollectionEmbedder(String model, String fingerprint, int dimension) {

    /** Attribute: provider and name of the model. */
    public static final String MODEL = "ragd.embedder";

    /** Attribute: its fingerprint. */
    public static final String FINGERPRINT = "ragd.embedder.fingerprint";

    /** Attribute: components per vector. */
    public static final String DIMENSION = "ragd.embedder.dimension";

    /** What to record for an embedder whose dimension is known. */
    public static CollectionEmbedder of(EmbedderId id) {
        return new CollectionEmbedder(id.provider() + ":" + id.model(), id.fingerprint(), id.dimension());
    }

    /** What a collection's attributes say; empty when they name no model, because another program made it. */
    public static Optional<CollectionEmbedder> read(Metadata attributes) {
        String model = attributes.text(MODEL);
        String fingerprint = attributes.text(FINGERPRINT);
        Long dimension = attributes.integer(DIMENSION);
        if (model == null || fingerprint == null || dimension == null) {
            return Optional.empty();
        }
        return Optional.of(new CollectionEmbedder(model, fingerprint, Math.toIntExact(dimension)));
    }

    /** The attributes with this added. */
    public Metadata addTo(Metadata attributes) {
        return attributes.with(MODEL, model).with(FINGERPRINT, fingerprint).with(DIMENSION, (long) dimension);
    }

    /**
     * Makes sure that a model is the one that made the collection.
     *
     * @param store the store's name, for the message
     * @param collection what the user calls the collection
     * @throws StoreException.EmbedderMismatch when it is another one; names both and the ways out
     */
    public void check(String store, String collection, EmbedderId configured) {
        if (fingerprint.equals(configured.fingerprint())) {
            return;
        }
        CollectionEmbedder other = of(configured);
        boolean sameName = model.equals(other.model);
        String wayOut = sameName
                ? "the model's files, its settings or the runtime changed since: 'ragd index --full' embeds the documents"
                        + " again into a new generation while the old one stays searchable"
                : "set the model that made it ('ragd config set embed.provider " + provider(model)
                        + "', 'ragd config set"
                        + " embed.model " + name(model)
                        + "'), or let 'ragd index --full' embed the documents again into a"
                        + " new generation";
        throw new StoreException.EmbedderMismatch(store + " collection '" + collection + "' was embedded by "
                + describe() + ", but the configured model is " + other.describe() + "; " + wayOut);
    }

    /** For messages: model, dimension and the start of the fingerprint. */
    public String describe() {
        return model + " (" + (dimension == 0 ? "?" : String.valueOf(dimension)) + "-d, "
                + fingerprint.substring(0, Math.min(12, fingerprint.length())) + ")";
    }

    private static String provider(String model) {
        return model.substring(0, Math.max(0, model.indexOf(':')));
    }

    private static String name(String model) {
        return model.substring(model.indexOf(':') + 1);
    }

    /** Same as {@link #read(Metadata)} for a collection. */
    public static Optional<CollectionEmbedder> read(CollectionInfo info) {
        return read(info.attributes());
    }
}
