package dev.ragd.jobs.ledger;

import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * Takes over, for a copy of a collection, what the index job knows of the original: so that indexing goes on there where it
 * was, and unchanged files cost nothing.
 */
public final class LedgerCopy {

    private final Ledger ledger;

    public LedgerCopy(DataSource dataSource) {
        this.ledger = Ledger.open(dataSource);
    }

    /**
     * A collection as the ledger knows it.
     *
     * @param backend the store's name
     * @param physical its name in the store
     * @param storeId the store's own identity of it
     */
    public record Key(String backend, String physical, String storeId) {}

    /**
     * Replaces what is known of the copy by what is known of the original. Doing it again after it was cut off completes it.
     *
     * @return false when the index job did not make the original: nothing is changed
     */
    public boolean copy(Key original, Key copy) {
        OptionalLong from = ledger.findTarget(original.backend(), original.physical(), original.storeId());
        if (from.isEmpty()) {
            return false;
        }
        OptionalLong before = ledger.findTarget(copy.backend(), copy.physical(), copy.storeId());
        before.ifPresent(ledger::dropTarget);
        long to = ledger.createTarget(copy.backend(), copy.physical(), copy.storeId());
        ledger.copyFiles(from.getAsLong(), to);
        ledger.copyPending(from.getAsLong(), to);
        return true;
    }

    /** Forgets what is known of a collection that is about to be deleted. */
    public void forget(Key original) {
        ledger.findTarget(original.backend(), original.physical(), original.storeId())
                .ifPresent(ledger::dropTarget);
    }
}
