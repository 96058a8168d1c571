package dev.ragd.jobs.migrate;

/** stub replaced below */
final class ReportPage {
    private final Plan plan;
    private final MigrateReport report;
    private final Rates rates;

    ReportPage(Plan plan, MigrateReport report, Rates rates) {
        this.plan = plan;
        this.report = report;
        this.rates = rates;
    }

    String html() {
        return plan + "" + report + rates;
    }
}
