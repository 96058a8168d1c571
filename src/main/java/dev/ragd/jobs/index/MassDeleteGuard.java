package dev.ragd.jobs.index;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;

/** When so many files are gone that a mistake is likelier than a wish. */
public final class MassDeleteGuard {

    private MassDeleteGuard() {}

    /**
     * A new generation replaces the whole collection, so it is made of all that the collection was made of.
     *
     * @param target the collection in the ledger
     * @throws JobException when the request names less, and does not say that this is meant
     */
    static void requireAllRoots(IndexRequest request, Ledger ledger, long target) {
        if (request.allowMassDelete()) {
            return;
        }
        List<Path> named = request.roots().stream()
                .map(root -> root.toAbsolutePath().normalize())
                .toList();
        List<String> left = ledger.roots(target).stream()
                .filter(root -> named.stream().noneMatch(Path.of(root)::startsWith))
                .toList();
        if (!left.isEmpty()) {
            throw new JobException(
                    ExitCode.REFUSED,
                    "a new generation of '" + request.collection() + "' would lack what was indexed from "
                            + String.join(", ", left)
                            + "; name all folders in one command, or leave these out with --allow-mass-delete",
                    null);
        }
    }

    /** True when {@code gone} of {@code known} files are more than both limits allow. */
    public static boolean refuses(IndexSettings settings, long gone, long known) {
        return gone > settings.maxDeleteFiles() && gone * 100 > settings.maxDeletePercent() * known;
    }
}
