/**
 * What runs of jobs did and do, as small files beside the job repository. The repository can be opened by one process at a
 * time, and opening it costs more than most commands do; a run therefore notes in a file of its own how far it is, and who
 * wants to know reads that.
 */
@NullMarked
package dev.ragd.jobs.runs;

import org.jspecify.annotations.NullMarked;
