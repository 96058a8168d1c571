package dev.ragd.catalog;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who made a collection by migrating, and whether that came to its end, as the collection's attributes say: so that a lost
 * job database, or a plan that was given up, is found out, its half-made collection taken over instead of being doubled or
 * overwritten, and a finished one left alone.
 *
 * @param plan the last plan that wrote to it
 * @param source store and name of what it is a copy of, for example {@code chromadb/documents}
 * @param records while it is written, how many records the plan has; then how many there were when it was complete
 * @param state null in a mark of a ragd that noted none, which wrote a mark once, when it created the collection
 */
public record MigrationMark(
        String plan, String source, long records, @Nullable State state) {

    /** How far the plan has come. */
    public enum State {
        /** Records come and go; nothing is verified yet. A delta puts a finished collection back into this state. */
        WRITING,
        /** It was verified and put into use. */
        COMPLETE
    }

    private static final String PREFIX = "ragd.migration";
    private static final String PLAN = PREFIX;
    private static final String SOURCE = PREFIX + ".source";
    private static final String RECORDS = PREFIX + ".records";
    private static final String STATE = PREFIX + ".state";

    /** The mark of a plan that is about to write. */
    public static MigrationMark writing(UUID plan, String source, long records) {
        return new MigrationMark(plan.toString(), source, records, State.WRITING);
    }

    /** The mark of a plan that was carried out to its end. */
    public static MigrationMark complete(UUID plan, String source, long records) {
        return new MigrationMark(plan.toString(), source, records, State.COMPLETE);
    }

    /**
     * False when all that the plan was to bring is there. A mark without a state does not say: then it is taken to be when
     * there are as many records as that plan had.
     *
     * @param count how many records there are
     */
    public boolean isUnfinished(long count) {
        return state == null ? count < records : state == State.WRITING;
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
                : Optional.of(new MigrationMark(
                        plan,
                        source,
                        records == null ? 0 : records,
                        state(info.attributes().text(STATE))));
    }

    private static @Nullable State state(@Nullable String label) {
        if (label == null) {
            return null;
        }
        return label.equals(label(State.COMPLETE)) ? State.COMPLETE : State.WRITING;
    }

    private static String label(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Attributes without any mark of this kind: a copy of a copy belongs to its own plan. */
    public static Metadata strip(Metadata attributes) {
        TreeMap<String, MetadataValue> rest = new TreeMap<>(attributes.values());
        rest.keySet().removeIf(key -> key.equals(PREFIX) || key.startsWith(PREFIX + "."));
        return new Metadata(rest);
    }

    /** Attributes with this mark in the place of any other. */
    public Metadata addTo(Metadata attributes) {
        Metadata marked =
                strip(attributes).with(PLAN, plan).with(SOURCE, source).with(RECORDS, records);
        return state == null ? marked : marked.with(STATE, label(state));
    }
}
