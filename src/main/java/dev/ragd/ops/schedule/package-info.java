/** Running commands by themselves: cron expressions, crontab lines, systemd units, and what checks them. Starts nothing. */
@NullMarked
package dev.ragd.ops.schedule;

import org.jspecify.annotations.NullMarked;
