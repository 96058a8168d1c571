package dev.ragd.bench;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import java.nio.file.Path;

/**
 * What a search cannot do without: a virtual machine, the model, one embedding.
 *
 * <pre>
 * QueryAlone CACHE QUERY
 * QueryAlone                    nothing but the virtual machine
 * </pre>
 */
final class QueryAlone {

    private QueryAlone() {}

    public static void main(String[] args) {
        if (args.length > 0) {
            try (Embedder embedder =
                    Embedders.open(EmbedSettings.local(Path.of(args[0])).withThreads(1))) {
                System.out.println(embedder.embedQuery(args[1])[0]);
            }
        }
        System.exit(0); // as ragd ends
    }
}
