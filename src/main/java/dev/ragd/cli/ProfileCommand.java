package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Nearest;
import dev.ragd.config.Setting;
import dev.ragd.config.Settings;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.ProfileFile;
import dev.ragd.ops.profile.ProfilePage;
import dev.ragd.ops.profile.ProfileRequest;
import dev.ragd.ops.profile.ProfiledStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ragd backend profile A B ...}: measures stores with the user's own collection. */
@Command(
        name = "profile",
        header = "Measures stores with your own collection: time, bytes, memory, latency, recall.",
        description = {
            "",
            "A sample of the collection is read from the configured store, put into each of these stores in a private folder of"
                    + " the home, one store at a time, and asked for neighbours of vectors that were held out. The recall is"
                    + " against an exact comparison with every record. The collection is only read, and what was built is"
                    + " removed at the end. No job can run on the home meanwhile."
        },
        footer = {
            "",
            "The numbers are kept in reports/profile-COLLECTION.json, where 'ragd backend recommend' finds them, and as a page"
                    + " with plots in reports/profile-COLLECTION.html.",
            "",
            "Examples:",
            "  ragd backend profile chromadb faiss lucene",
            "  ragd backend profile faiss:flat faiss:hnsw leann --sample 5000 --html profile.html"
        })
final class ProfileCommand implements Callable<Integer>, Unattended {

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "STORE",
            description =
                    "One that 'ragd backend list' shows; faiss:flat, faiss:hnsw, faiss:ivfflat, leann:codes and leann:graph"
                            + " name a way to search it.")
    List<String> stores = new ArrayList<>();

    @Option(
            names = "--sample",
            paramLabel = "N",
            description = "Records to measure with, taken at random (default: 10000, or all when there are fewer).")
    @Nullable
    Integer sample;

    @Option(
            names = "--queries",
            paramLabel = "N",
            description =
                    "Vectors to ask for, held out of the stores (default: 100, at most a fifth of the collection).")
    @Nullable
    Integer queries;

    @Option(names = "--k", paramLabel = "N", description = "Neighbours to ask for (default: 10).")
    int k = 10;

    @Option(names = "--html", paramLabel = "FILE", description = "Where to write the page with plots.")
    @Nullable
    Path html;

    ProfileCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ProfileRequest request = request(session.settings());
        Profile profile =
                session.services().profile(session.home(), session.settings()).run(request, session::remark);
        Path page = html == null ? ProfileFile.html(session.home().reports(), request.collection()) : html;
        try {
            AtomicFile.write(page, new ProfilePage(profile).html().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    page + " cannot be written; the numbers are in "
                            + ProfileFile.json(session.home().reports(), request.collection()),
                    e);
        }
        ProfileRendering rendering = new ProfileRendering(profile);
        if (session.json()) {
            session.json(rendering.toJson(page));
        } else {
            rendering
                    .lines(session.console().outTerminal() ? session.console().columns() : 0)
                    .forEach(session::say);
            session.say("");
            session.say("With plots: " + page);
        }
        boolean whole = profile.stores().stream().allMatch(s -> s.problem() == null);
        return (whole ? ExitCode.DONE : ExitCode.DONE_WITH_REJECTS).code();
    }

    @Override
    public void check(Session later) {
        request(later.settings());
    }

    private ProfileRequest request(Settings settings) {
        positive("--sample", sample);
        positive("--queries", queries);
        positive("--k", k);
        if (k > 1000) {
            throw new ParameterException(spec.commandLine(), "--k is " + k + ", expected 1 to 1000");
        }
        if (sample != null && sample < 10 * k) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--sample is " + sample + ", expected at least " + 10 * k
                            + ": among fewer records any answer holds most of the " + k + " nearest");
        }
        Map<String, ProfiledStore> each = new LinkedHashMap<>();
        stores.forEach(name -> each.put(name, store(name)));
        return new ProfileRequest(
                List.copyOf(each.values()),
                settings.get(Catalogue.COLLECTION),
                sample == null ? 0 : sample,
                queries == null ? 0 : queries,
                k);
    }

    private void positive(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(spec.commandLine(), option + " is " + value + ", expected at least 1");
        }
    }

    private ProfiledStore store(String name) {
        int colon = name.indexOf(':');
        String backend = colon < 0 ? name : name.substring(0, colon);
        List<String> there = Catalogue.BACKEND.type().allowed();
        if (!there.contains(backend)) {
            boolean carried = session.services().storeKinds().stream()
                    .anyMatch(kind -> kind.name().equals(backend));
            throw new ParameterException(
                    spec.commandLine(),
                    carried
                            ? "'" + backend
                                    + "' keeps collections to be carried about and is no store to search in; expected one of: "
                                    + String.join(", ", there)
                            : "there is no store '" + name + "'"
                                    + Nearest.to(backend, there)
                                            .map(guess -> "; did you mean '" + guess + "'?")
                                            .orElse("; expected one of: " + String.join(", ", there)));
        }
        if (colon < 0) {
            return new ProfiledStore(name, backend, Map.of());
        }
        Setting<String> choice = switch (backend) {
            case "faiss" -> Catalogue.FAISS_INDEX;
            case "leann" -> Catalogue.LEANN_MODE;
            default ->
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + name + "': " + backend + " is searched in one way only; name it alone");
        };
        String variant = name.substring(colon + 1);
        if (!choice.type().allowed().contains(variant)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + name + "': expected " + backend + " with one of: "
                            + String.join(", ", choice.type().allowed()));
        }
        return new ProfiledStore(name, backend, Map.of(choice.key(), variant));
    }
}
