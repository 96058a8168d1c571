package dev.ragd.jobs.index;

/** When so many files are gone that a mistake is likelier than a wish. */
public final class MassDeleteGuard {

    private MassDeleteGuard() {}

    /** True when {@code gone} of {@code known} files are more than both limits allow. */
    public static boolean refuses(IndexSettings settings, long gone, long known) {
        return gone > settings.maxDeleteFiles() && gone * 100 > settings.maxDeletePercent() * known;
    }
}
