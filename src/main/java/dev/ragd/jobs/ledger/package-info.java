/** The ledger: what the index job put into which collection, and what a run has planned; kept beside the job repository. */
@NullMarked
package dev.ragd.jobs.ledger;

import org.jspecify.annotations.NullMarked;
