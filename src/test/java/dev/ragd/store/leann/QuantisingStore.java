package dev.ragd.store.leann;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.ForwardingStore;
import dev.ragd.store.QuantisedVectors;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.EnumSet;
import java.util.Set;

/** A store whose new collections keep vectors as codes, and which says what those can do. */
final class QuantisingStore extends ForwardingStore {

    QuantisingStore(VectorStore inner) {
        super(inner);
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.EXACT_VECTORS));
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return super.create(new CollectionSpec(
                spec.name(), spec.dimension(), spec.distance(), QuantisedVectors.wishFor(spec.attributes())));
    }
}
