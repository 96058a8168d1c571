package dev.ragd.jobs.migrate;

import static dev.ragd.html.Page.escape;

import dev.ragd.html.Page;
import dev.ragd.jobs.migrate.MigrateReport.Item;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateReport.Verification;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
final class ReportPage {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Plan plan;
    private final MigrateReport report;
    private final Rates rates;
    private final long run;
    private final StringBuilder html = new StringBuilder(1 << 14);

    ReportPage(Plan plan, MigrateReport report, Rates rates, long run) {
        this.run = run;
        this.plan = plan;
        this.report = report;
        this.rates = rates;
    }

    String html() {
        head();
        tiles();
        plot();
        Verification v = report.verification();
        if (v != null) {
            verification(v);
            findings(v);
        }
        details();
        html.append("<footer>Plan <code>")
                .append(plan.id())
                .append("</code>, run ")
                .append(run)
                .append(". The source was only read.</footer>\n");
        return Page.of("Migration of " + report.source().collection(), html.toString());
    }

    private void head() {
        String words = switch (report.status()) {
            case VERIFIED -> plan.published() ? "VERIFIED, IN USE" : "VERIFIED";
            case PARTIAL -> "IN USE, WITHOUT REJECTED RECORDS";
            case FAILED -> "VERIFICATION FAILED, NOT IN USE";
        };
        html.append("<span class='badge ")
                .append(report.status())
                .append("'>")
                .append(words)
                .append("</span>\n<h1>");
        html.append(name(report.source()))
                .append(" <span class='arrow'>&rarr;</span> ")
                .append(name(report.target()));
        html.append("</h1>\n<p class='soft'>").append(TIME.format(Instant.ofEpochMilli(plan.started())));
        html.append("</p>\n");
    }

    private void tiles() {
        html.append("<div class='tiles'>\n");
        tile(number(report.copied()), "records copied");
        if (report.unchanged() > 0) {
            tile(number(report.unchanged()), "there already");
        }
        if (report.deleted() > 0) {
            tile(number(report.deleted()), "deleted");
        }
        tile(rates.perSecond() > 0 ? number(Math.round(rates.perSecond())) : "-", "records per second");
        tile(time(report.seconds()), "took the last run");
        tile(String.valueOf(report.restarts()), report.restarts() == 1 ? "restart" : "restarts");
        html.append("</div>\n");
    }

    private void tile(String value, String label) {
        html.append("<div class='tile'><b>")
                .append(value)
                .append("</b><span class='soft'>")
                .append(label);
        html.append("</span></div>\n");
    }

    private void plot() {
        String svg = new RatePlot(rates).svg();
        if (!svg.isEmpty()) {
            html.append("<section>\n<h2>Records per second while copying</h2>\n")
                    .append(svg);
            if (report.restarts() > 0) {
                html.append("<p class='soft'>A dashed line: the copy was cut off and taken up again.</p>\n");
            }
            html.append("</section>\n");
        }
    }

    private void verification(Verification v) {
        html.append("<section>\n<h2>Verification</h2>\n<table>\n");
        check(true, v.equal(), "equal bit by bit", "id, text, typed metadata and vector have one digest");
        if (v.tolerated() > 0) {
            check(true, v.tolerated(), "within the tolerance", v.tolerance());
        }
        for (Finding.Kind kind : Finding.Kind.values()) {
            long count = v.counts().getOrDefault(kind.label(), 0L);
            switch (kind) {
                case MISSING -> check(count == 0, count, "missing", "in the plan, but not in the target");
                case EXTRA -> check(count == 0, count, "too much", "in the target, but not in the plan");
                case DIFFERENT -> check(count == 0, count, "different", "text, metadata or vector is another one");
                case REJECTED -> check(count == 0, count, "rejected", "the target refuses them");
                case VANISHED -> remark(count, "vanished", "deleted from the source while it was copied");
                case CHANGED -> remark(count, "changed", "changed in the source meanwhile, or refused as they are now");
            }
        }
        if (v.overlap() != null) {
            // When nothing else explains why the verification failed, the neighbours do.
            boolean good =
                    v.status() != Status.FAILED || v.counts().values().stream().anyMatch(count -> count > 0);
            html.append(String.format(
                    Locale.ROOT,
                    "<tr><td class='mark %s'>%s</td><td class='n'>%.1f %%</td><td>of the nearest neighbours agree "
                            + "<span class='soft'>&ndash; %d records asked for in both</span></td></tr>%n",
                    good ? "ok" : "no",
                    good ? "&#10003;" : "&#10007;",
                    100 * v.overlap(),
                    v.samples()));
        }
        html.append("</table>\n</section>\n");
    }

    private void check(boolean good, long count, String label, String meaning) {
        row(good ? "ok" : "no", good ? "&#10003;" : "&#10007;", count, label, meaning);
    }

    private void remark(long count, String label, String meaning) {
        if (count > 0) {
            row("hm", "!", count, label, meaning);
        }
    }

    private void row(String style, String mark, long count, String label, String meaning) {
        html.append("<tr><td class='mark ")
                .append(style)
                .append("'>")
                .append(mark)
                .append("</td><td class='n'>");
        html.append(number(count)).append("</td><td>").append(label).append(" <span class='soft'>&ndash; ");
        html.append(escape(meaning)).append("</span></td></tr>\n");
    }

    private void findings(Verification v) {
        v.listed().forEach((kind, items) -> {
            if (!items.isEmpty()) {
                findings(kind, items, v.counts().getOrDefault(kind, 0L));
            }
        });
    }

    private void findings(String kind, List<Item> items, long all) {
        html.append("<section>\n<h2>").append(number(all)).append(' ').append(kind);
        html.append(all > items.size() ? ", the first " + items.size() : "").append("</h2>\n<table>\n");
        for (Item item : items) {
            html.append("<tr><td><code>").append(escape(item.id())).append("</code></td><td class='soft'>");
            html.append(escape(item.detail())).append("</td></tr>\n");
        }
        html.append("</table>\n");
        String file = report.files().get("ids");
        if (all > items.size() && file != null) {
            html.append("<p class='soft'>All of them: <code>")
                    .append(escape(file))
                    .append("</code></p>\n");
        }
        html.append("</section>\n");
    }

    private void details() {
        html.append("<section>\n<h2>Details</h2>\n<table>\n");
        detail(
                "Source",
                report.source().store() + ", collection " + report.source().physical());
        detail(
                "Target",
                report.target().store() + ", collection " + report.target().physical() + ", "
                        + number(report.target().count()) + " records");
        detail(
                "Plan",
                number(plan.records()) + " records in " + number(plan.batches())
                        + (plan.batches() == 1 ? " batch" : " batches") + ", about "
                        + size(plan.records() * plan.recordBytes()));
        Verification v = report.verification();
        if (v != null) {
            detail("Tolerance", v.tolerance());
        }
        report.notes().forEach(note -> detail("Note", note));
        if (report.status() == Status.FAILED) {
            detail("What next", "run the same command again: it plans anew and mends what differs in this target");
        } else if (!plan.inPlace()) {
            detail("Way back", "ragd collections rollback " + report.target().collection());
        }
        html.append("</table>\n</section>\n");
    }

    private void detail(String name, String value) {
        html.append("<tr><th>")
                .append(name)
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n");
    }

    private static String name(MigrateReport.End end) {
        return escape(end.store()) + " <span class='soft'>" + escape(end.collection()) + "</span>";
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String size(long bytes) {
        return bytes < 10L << 20
                ? String.format(Locale.ROOT, "%,d KB", Math.max(1, bytes >> 10))
                : String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }

    private static String time(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}
