package dev.ragd.store;

/** A store that is read from only: data that another program wrote. Every write is refused before anything happens. */
public abstract class ReadOnlyStore implements VectorStore {

    @Override
    public final boolean readOnly() {
        return true;
    }

    @Override
    public final VectorCollection create(CollectionSpec spec) {
        throw new StoreException.ReadOnly(name());
    }

    @Override
    public final boolean drop(String collection) {
        throw new StoreException.ReadOnly(name());
    }
}
