package dev.ragd.jobs.repair;

import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What the audit step leaves for the report besides its findings, so that a resumed repair has it too.
 *
 * @param files in the ledger
 * @param chunks that it promised
 * @param count records in the store
 * @param millis that the comparison took
 */
record AuditNumbers(long files, long chunks, long count, long millis) {

    private static final String PREFIX = "ragd.audit.";

    static AuditNumbers of(AuditReport report) {
        return new AuditNumbers(
                report.ledger().files(),
                report.ledger().chunks(),
                report.store().count(),
                Math.round(report.seconds() * 1000));
    }

    static AuditNumbers read(ExecutionContext context) {
        return new AuditNumbers(
                context.getLong(PREFIX + "files", 0),
                context.getLong(PREFIX + "chunks", 0),
                context.getLong(PREFIX + "count", 0),
                context.getLong(PREFIX + "millis", 0));
    }

    void write(ExecutionContext context) {
        context.putLong(PREFIX + "files", files);
        context.putLong(PREFIX + "chunks", chunks);
        context.putLong(PREFIX + "count", count);
        context.putLong(PREFIX + "millis", millis);
    }
}
