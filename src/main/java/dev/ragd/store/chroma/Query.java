package dev.ragd.store.chroma;

import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.VectorRecord;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A filter, and what of it the server does.
 *
 * @param filter null for all records
 * @param request what the server does
 * @param never true when no record can match
 */
record Query(@Nullable Filter filter, Translation.Request request, boolean never) {

    /** All records. */
    static final Query ALL = new Query(null, Translation.ALWAYS.request(), false);

    static Query of(Filter filter, Translator translator) {
        Translation t = translator.translate(filter);
        return t.isNever()
                ? new Query(filter, Translation.ALWAYS.request(), true)
                : new Query(filter, t.request(), false);
    }

    /** What must be read to decide about a record; more than was asked for when the server decides only in part. */
    Set<Field> fieldsToRead(Set<Field> asked) {
        EnumSet<Field> fields = EnumSet.noneOf(Field.class);
        fields.addAll(asked);
        if (!request.exact()) {
            fields.add(Field.TEXT);
            fields.add(Field.METADATA);
        }
        if (fields.contains(Field.TEXT)) {
            fields.add(Field.METADATA); // tells a cleared text from an empty one
        }
        return fields;
    }

    /** Decides about a record that the server let through. */
    boolean matches(VectorRecord r) {
        return filter == null || request.exact() || filter.matches(r.text(), r.metadata());
    }
}
