/** What a collection costs in each store, measured: the sample, the exact answers, the trial of one store, the report. */
@NullMarked
package dev.ragd.ops.profile;

import org.jspecify.annotations.NullMarked;
