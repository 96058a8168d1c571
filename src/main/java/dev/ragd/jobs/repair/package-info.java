/** Audit and repair: what the store holds is compared with what was indexed into it, and mended by the steps of the index job. */
@NullMarked
package dev.ragd.jobs.repair;

import org.jspecify.annotations.NullMarked;
