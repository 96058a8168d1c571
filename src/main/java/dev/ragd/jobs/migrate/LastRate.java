package dev.ragd.jobs.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** How fast the last migration between two stores was, as its report says. */
final class LastRate {

    private LastRate() {}

    /** Records per second; empty when there is no report about these stores. */
    static OptionalDouble into(Path reports, MigrateRequest request) {
        if (!Files.isDirectory(reports)) {
            return OptionalDouble.empty();
        }
        try (Stream<Path> files = Files.list(reports)) {
            List<Path> newest = files.filter(
                            f -> String.valueOf(f.getFileName()).matches("migrate-.*\\.json"))
                    .sorted(Comparator.reverseOrder())
                    .limit(50)
                    .toList();
            for (Path file : newest) {
                double rate = rate(file, request);
                if (rate > 0) {
                    return OptionalDouble.of(rate);
                }
            }
        } catch (IOException e) {
            // An estimate may do without.
        }
        return OptionalDouble.empty();
    }

    /** Its rate when it is about these stores; otherwise 0. */
    private static double rate(Path file, MigrateRequest request) throws IOException {
        String source = "";
        String target = "";
        double rate = 0;
        String object = "";
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), Files.readAllBytes(file))) {
            while (json.nextToken() != null) {
                JsonToken token = json.currentToken();
                String name = json.currentName();
                if (token == JsonToken.START_OBJECT && name != null) {
                    object = name;
                } else if (token == JsonToken.END_OBJECT) {
                    object = "";
                } else if (token == JsonToken.VALUE_STRING && "store".equals(name)) {
                    source = object.equals("source") ? json.getString() : source;
                    target = object.equals("target") ? json.getString() : target;
                } else if (token.isNumeric() && "records_per_second".equals(name)) {
                    rate = json.getDoubleValue();
                }
            }
        } catch (JacksonException e) {
            return 0;
        }
        boolean same = source.equals(request.from().toString())
                && target.equals(request.to().toString());
        return same ? rate : 0;
    }
}
