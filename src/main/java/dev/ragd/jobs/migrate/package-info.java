/** The migrate job: preflight, plan, copy, verify, publish, report; and the verification alone. Knows the port, no store. */
@NullMarked
package dev.ragd.jobs.migrate;

import org.jspecify.annotations.NullMarked;
