package dev.ragd.ops.profile;

import java.util.function.Consumer;

/** Measures stores; the command line's view of it. */
public interface ProfileService {

    /**
     * Measures one store after the other, each in processes of its own with data of its own, which is gone when this
     * returns, however it returns. The collection is only read.
     *
     * @param notes told in one line what is going on
     * @throws dev.ragd.store.StoreException when the collection cannot be read
     * @throws RuntimeException when the request cannot be fulfilled, another run owns the home, or a signal stopped it
     */
    Profile run(ProfileRequest request, Consumer<String> notes);
}
