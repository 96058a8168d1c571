package dev.ragd.jobs;

/** Passes on all that it hears; who listens on the way overrides what is of interest. As safe for threads as what it tells. */
public abstract class ForwardingProgress implements Progress {

    private final Progress progress;

    /** @param progress hears what this hears */
    protected ForwardingProgress(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void started(long run) {
        progress.started(run);
    }

    @Override
    public long run() {
        return progress.run();
    }

    @Override
    public void phase(String name, long total, String unit) {
        progress.phase(name, total, unit);
    }

    @Override
    public void advance(long done) {
        progress.advance(done);
    }

    @Override
    public void count(Measure measure, long more) {
        progress.count(measure, more);
    }

    @Override
    public void note(String line) {
        progress.note(line);
    }
}
