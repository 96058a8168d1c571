package dev.ragd.ops.profile;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Filter;
import org.jspecify.annotations.Nullable;

/** Runs the two halves of a store's trial, each in a process of its own, on the sample that was taken. */
public interface Trials {

    /** It could not be measured; the message is the store's. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        public Failed(String message) {
            super(message);
        }
    }

    /**
     * Why a store cannot take these records; null when nothing speaks against it.
     *
     * @param info of the collection that the sample is from
     * @param withoutText how many records of the sample have no text
     */
    @Nullable
    String refusal(ProfiledStore store, CollectionInfo info, int withoutText);

    /** Writes the sample into an empty store. */
    Profile.Build build(ProfiledStore store) throws Failed;

    /** Asks the store that was built. */
    StoreTrial.Answers search(ProfiledStore store, int k, @Nullable Filter filter) throws Failed;

    /** Removes what was built. */
    void clear();
}
