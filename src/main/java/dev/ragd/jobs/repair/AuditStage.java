package dev.ragd.jobs.repair;

/** When, in a repair, the store was compared with the ledger. */
enum AuditStage {
    AUDIT,
    VERIFY
}
