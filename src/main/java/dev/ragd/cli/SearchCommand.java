package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.SearchQuery;
import dev.ragd.ops.SearchResult;
import dev.ragd.store.FilterParser;
import dev.ragd.store.SearchRequest;
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

/** {@code ragd search QUERY}: shows the records nearest to a question. */
@Command(
        name = "search",
        header = "Finds the passages nearest to a question.",
        footer = {
            "",
            "Examples:",
            "  ragd search how do I restart a stopped run",
            "  ragd search -k 3 --json 'holiday rules' | jq -r '.results[].source'",
            "  ragd search budget --where \"extension = 'pdf' and modified >= 1735689600000\""
        })
final class SearchCommand implements Callable<Integer> {

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "QUERY", description = "What to look for; several words need no quotes.")
    List<String> words = new ArrayList<>();

    @Option(
            names = {"-k", "--k"},
            paramLabel = "N",
            description = "How many results (search.k, RAGD_SEARCH_K; default: 10).")
    @Nullable
    String k;

    @Option(names = "--where", paramLabel = "EXPR", description = "Only records whose metadata match.")
    @Nullable
    String where;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "vector (default), keyword or hybrid; not every store has all.",
            defaultValue = "vector")
    SearchRequest.Mode mode = SearchRequest.Mode.VECTOR;

    @Option(
            names = "--model",
            paramLabel = "[PROVIDER:]MODEL",
            description = "The model that embeds the question (embed.provider, embed.model).")
    @Nullable
    String model;

    @Option(
            names = "--assume-model",
            description = "The collection does not say which model made it: take the configured one.")
    boolean assumeModel;

    SearchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Settings settings = session.settings(options());
        SearchQuery query = query(settings);
        SearchResult result;
        try (Services.Reading store = session.services().open(session.home(), settings, session::remark)) {
            result = store.search().search(query);
        }
        SearchRendering rendering = new SearchRendering(query.text(), result, Path.of(""));
        if (session.json()) {
            session.json(rendering.toJson());
        } else {
            Console console = session.console();
            rendering.lines(console.columns(), console.outTerminal()).forEach(session::say);
            if (result.hits().isEmpty()) {
                session.remark(rendering.nothing(where));
            }
        }
        return ExitCode.DONE.code();
    }

    private SearchQuery query(Settings settings) {
        try {
            return new SearchQuery(
                    settings.get(Catalogue.COLLECTION),
                    String.join(" ", words),
                    settings.get(Catalogue.SEARCH_K),
                    where == null ? null : FilterParser.parseAny(where),
                    mode,
                    assumeModel);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, Map.Entry<String, String>> options() {
        Map<String, Map.Entry<String, String>> options = new LinkedHashMap<>();
        if (k != null) {
            options.put(Catalogue.SEARCH_K.key(), Map.entry("-k", k));
        }
        if (model != null) {
            int colon = model.indexOf(':');
            String provider = colon < 0 ? "" : model.substring(0, colon);
            boolean named = Catalogue.EMBED_PROVIDER.type().allowed().contains(provider);
            if (named) {
                options.put(Catalogue.EMBED_PROVIDER.key(), Map.entry("--model", provider));
            }
            options.put(Catalogue.EMBED_MODEL.key(), Map.entry("--model", named ? model.substring(colon + 1) : model));
        }
        return options;
    }
}
