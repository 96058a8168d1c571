/** What the jobs have in common: their exit codes and how they report progress. */
@NullMarked
package dev.ragd.jobs;

import org.jspecify.annotations.NullMarked;
