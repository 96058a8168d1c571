package dev.ragd.catalog;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who made a collection by migrating, as its attributes say: so that a lost job database, or a plan that was given up, is
 * found out and its half-made collection taken over instead of being doubled or overwritten.
 *
 * @param plan the plan that made it
 * @param source store and name of what it is a copy of, for example {@code chromadb/documents}
 * @param records how many records that plan had
 */
public record MigrationMark(String plan, String source, long records) {

    private static final String PREFIX = "ragd.migration";
    private static final String PLAN = PREFIX;
    private static final String SOURCE = PREFIX + ".source";
    private static final String RECORDS = PREFIX + ".records";

    /** The mark of a plan. */
    public static MigrationMark of(UUID plan, String source, long records) {
        return new MigrationMark(plan.toString(), source, records);
    }

    /** What a collection's attributes say; empty when no migration made it. */
    public static Optional<MigrationMark> read(@Nullable CollectionInfo info) {
        if (info == null) {
            return Optional.empty();
        }
        String plan = info.attributes().text(PLAN);
        String source = info.attributes().text(SOURCE);
        Long records = info.attributes().integer(RECORDS);
        return plan == null || source == null
                ? Optional.empty()
                : Optional.of(new MigrationMark(plan, source, records == null ? 0 : records));
    }

    /** Attributes without any mark of this kind: a copy of a copy belongs to its own plan. */
    public static Metadata strip(Metadata attributes) {
        TreeMap<String, MetadataValue> rest = new TreeMap<>(attributes.values());
        rest.keySet().removeIf(key -> key.equals(PREFIX) || key.startsWith(PREFIX + "."));
        return new Metadata(rest);
    }

    /** Attributes with this mark. */
    public Metadata addTo(Metadata attributes) {
        return attributes.with(PLAN, plan).with(SOURCE, source).with(RECORDS, records);
    }
}
