package dev.ragd.store;

import java.util.TreeMap;

/**
 * The wish, among a new collection's attributes, that vectors be kept as short codes, where a store would otherwise keep none
 * and make them anew: for vectors of a model that is not at hand. What is read back then is near to what was written, see
 * {@link VectorCollection#vectorError}. Only for a store that does not declare {@link Capability#FOREIGN_VECTORS}, which takes
 * it out of the attributes again; a collection that was made so declares it, and not {@link Capability#EXACT_VECTORS}.
 */
public final class QuantisedVectors {

    private static final String KEY = "ragd.vectors";
    private static final String WISH = "quantised";

    private QuantisedVectors() {}

    /** True when the attributes wish for it. */
    public static boolean areWished(Metadata attributes) {
        return WISH.equals(attributes.text(KEY));
    }

    /** The attributes with the wish. */
    public static Metadata wishFor(Metadata attributes) {
        return attributes.with(KEY, WISH);
    }

    /** The attributes without the wish. */
    public static Metadata strip(Metadata attributes) {
        if (attributes.get(KEY) == null) {
            return attributes;
        }
        TreeMap<String, MetadataValue> rest = new TreeMap<>(attributes.values());
        rest.remove(KEY);
        return new Metadata(rest);
    }
}
