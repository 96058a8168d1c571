/**
 * What jobs count, for a monitoring system: Micrometer's meters of each run, and Spring Batch's own timers, as a text file for
 * Prometheus, and sent where the settings say. A run is one process and short; what is counted is carried on from the file that
 * the run before left, so that counters grow as those of a server do.
 */
@NullMarked
package dev.ragd.jobs.metrics;

import org.jspecify.annotations.NullMarked;
