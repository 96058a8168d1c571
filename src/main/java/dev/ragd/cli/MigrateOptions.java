package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.store.StoreReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code migrate} and {@code verify} are told in the same words: the two ends. */
final class MigrateOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "STORE",
            required = true,
            description =
                    "The store to read from. Also what other programs left: chroma-folder:DIR, the data folder of a"
                            + " Chroma server that does not run, and faiss-file:PATH, an index file of FAISS.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    String from;

    @Option(names = "--to", paramLabel = "STORE", required = true, description = "The store to write to.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    String to;

    @Option(
            names = "--to-collection",
            paramLabel = "NAME",
            description = "What the collection is called there; otherwise the same.")
    @Nullable
    String toCollection;

    /** A plain migration between these ends. */
    MigrateRequest request(Session session, Settings settings) {
        String collection = settings.get(Catalogue.COLLECTION);
        return MigrateRequest.of(
                reference("--from", from, session),
                reference("--to", to, session),
                collection,
                toCollection == null ? collection : toCollection);
    }

    private StoreReference reference(String option, String text, Session session) {
        try {
            return StoreReference.parse(text, session.services().storeKinds());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }
}
