package dev.ragd.cli;

import dev.ragd.ops.SearchResult;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.SearchHit;
import dev.ragd.store.VectorRecord;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Search results for people and for programs. Records of other programs may have no source, position or title. */
final class SearchRendering {

    private static final int SNIPPET = 200;

    private final String query;
    private final SearchResult result;
    private final Path here;

    /** @param here the folder that paths are shown relative to when they lie below it */
    SearchRendering(String query, SearchResult result, Path here) {
        this.query = query;
        this.result = result;
        this.here = here.toAbsolutePath().normalize();
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", result.backend());
        json.put("collection", result.collection());
        json.put("model", result.model());
        json.put("results", result.hits().stream().map(this::toJson).toList());
        json.put("took_ms", result.took().toMillis());
        return json;
    }

    private Map<String, @Nullable Object> toJson(SearchHit hit) {
        VectorRecord found = hit.record();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", found.id());
        json.put("score", hit.score());
        json.put("text", found.text());
        json.put("source", found.metadata().text("source"));
        json.put("start", found.metadata().integer("start"));
        json.put("end", found.metadata().integer("end"));
        Map<String, Object> metadata = new LinkedHashMap<>();
        found.metadata().values().forEach((key, value) -> metadata.put(key, value.raw()));
        json.put("metadata", metadata);
        return json;
    }

    /** A heading, then two or more lines per hit: rank, score, source, position and title; below them the snippet. */
    List<String> lines(int columns, boolean terminal) {
        if (result.hits().isEmpty()) {
            return List.of();
        }
        Snippet snippet = new Snippet(query);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("#", "SCORE", "SOURCE", "POSITION", "TITLE"));
        for (int i = 0; i < result.hits().size(); i++) {
            rows.add(row(i + 1, result.hits().get(i)));
        }
        int[] widths = widths(rows, columns);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String line = line(rows.get(i), widths);
            lines.add(terminal && i > 0 ? "\033[36m" + line + "\033[0m" : line);
            if (i > 0) {
                String text = result.hits().get(i - 1).record().text();
                String indent = " ".repeat(widths[0] + 2);
                String shown = snippet.of(text == null ? "(no text)" : text, SNIPPET);
                for (String part : wrap(shown, columns - indent.length())) {
                    lines.add(indent + (terminal ? snippet.highlight(part) : part));
                }
            }
        }
        return lines;
    }

    /** What to say when nothing was found. */
    String nothing(@Nullable String where) {
        String collection = result.backend() + " collection '" + result.collection() + "'";
        if (result.empty()) {
            return collection + " is empty: index something first, for example: ragd index ~/Documents";
        }
        return "nothing found in " + collection + (where == null ? "" : " where " + where);
    }

    private List<String> row(int rank, SearchHit hit) {
        Metadata metadata = hit.record().metadata();
        Long start = metadata.integer("start");
        Long end = metadata.integer("end");
        String source = metadata.text("source");
        String title = metadata.text("title");
        return List.of(
                String.valueOf(rank),
                BigDecimal.valueOf(hit.score())
                        .setScale(3, RoundingMode.HALF_UP)
                        .toPlainString(),
                PlainText.of(source == null ? hit.record().id() : relative(source)),
                start == null || end == null ? chunk(metadata) : start + "-" + end,
                title == null ? "" : PlainText.of(title));
    }

    private static String chunk(Metadata metadata) {
        MetadataValue chunk = metadata.get("chunk");
        return chunk == null ? "" : "chunk " + chunk.raw();
    }

    private String relative(String source) {
        try {
            Path path = Path.of(source);
            return path.isAbsolute() && path.startsWith(here) && !path.equals(here)
                    ? here.relativize(path).toString()
                    : source;
        } catch (InvalidPathException e) {
            return source;
        }
    }

    /** Source and title share what the others leave; the source may take two thirds of it. */
    private static int[] widths(List<List<String>> rows, int columns) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        int room = Math.max(24, columns - widths[0] - widths[1] - widths[3] - 8);
        if (widths[2] + widths[4] > room) {
            widths[2] = Math.min(widths[2], Math.max(room * 2 / 3, room - widths[4]));
            widths[4] = Math.min(widths[4], Math.max(5, room - widths[2]));
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        line.append(" ".repeat(widths[0] - length(row.get(0))))
                .append(row.get(0))
                .append("  ");
        line.append(padded(row.get(1), widths[1])).append("  ");
        line.append(padded(PlainText.cutStart(row.get(2), widths[2]), widths[2]))
                .append("  ");
        line.append(padded(row.get(3), widths[3])).append("  ");
        return line.append(PlainText.cut(row.get(4), widths[4])).toString().stripTrailing();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - length(text)));
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (length(rest) > width) {
            int most = rest.offsetByCodePoints(0, width);
            int blank = rest.lastIndexOf(' ', most);
            int cut = blank <= 0 ? most : blank;
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).strip();
        }
        lines.add(rest);
        return lines;
    }
}
