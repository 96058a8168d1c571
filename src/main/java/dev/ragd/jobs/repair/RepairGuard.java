package dev.ragd.jobs.repair;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.index.MassDeleteGuard;

/** Says what of a repair must not be done unasked. */
final class RepairGuard {

    private RepairGuard() {}

    /**
     * Refuses a repair that would do harm, before anything is changed.
     *
     * @throws JobException with what is wrong and the way out
     * @throws dev.ragd.store.StoreException.EmbedderMismatch when files are to be indexed again by another model
     */
    static void check(AuditedCollection collection, AuditReport found, IndexSettings settings) {
        if (collection.info() == null) {
            throw new JobException(
                    ExitCode.VERIFICATION_FAILED,
                    collection.request().backend() + " has no collection '" + collection.physical()
                            + "' any more: the " + found.ledger().chunks()
                            + " chunks that were written to it are gone; "
                            + collection.indexCommand() + " makes it anew",
                    null);
        }
        if (restores(found) > 0) {
            collection.checkModel();
        }
        long gone = deletions(found);
        boolean many = MassDeleteGuard.refuses(settings, gone, found.store().count());
        if (gone == 0 || collection.request().allowMassDelete() || (collection.known() && !many)) {
            return;
        }
        String what = gone + " of the " + found.store().count() + " records of "
                + collection.request().backend() + " collection '" + collection.physical() + "' ";
        throw new JobException(
                ExitCode.REFUSED,
                what
                        + (collection.known()
                                ? "are of no file in the ledger and would be deleted, more than "
                                        + settings.maxDeletePercent()
                                        + " % and " + settings.maxDeleteFiles()
                                        + ": nothing was changed. Was jobs/ restored"
                                        + " from an old backup, or does another home index into this collection? Then "
                                        + collection.indexCommand() + " enters their files again"
                                : "would be deleted, because the ledger does not know this collection at all: nothing was"
                                        + " changed. " + collection.indexCommand() + " enters their files again")
                        + "; if they are really nobody's, run again with --allow-mass-delete",
                null);
    }

    static long restores(AuditReport found) {
        return count(found, AuditKind.Cure.RESTORE);
    }

    static long deletions(AuditReport found) {
        return count(found, AuditKind.Cure.DELETE);
    }

    private static long count(AuditReport found, AuditKind.Cure cure) {
        return found.counts().entrySet().stream()
                .filter(e -> e.getKey().cure() == cure)
                .mapToLong(java.util.Map.Entry::getValue)
                .sum();
    }
}
