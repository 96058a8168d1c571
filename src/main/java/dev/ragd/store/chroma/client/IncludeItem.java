package dev.ragd.store.chroma.client;

import com.google.gson.annotations.SerializedName;
import dev.ragd.store.Field;
import java.util.List;
import java.util.Set;
import tech.amikos.chromadb.model.AnyOfGetEmbeddingIncludeItems;
import tech.amikos.chromadb.model.QueryEmbedding;

/** The parts of a record by their names in Chroma. The generated interface has no members of its own. */
enum IncludeItem implements AnyOfGetEmbeddingIncludeItems {
    @SerializedName("embeddings")
    EMBEDDINGS(Field.VECTOR, QueryEmbedding.IncludeEnum.EMBEDDINGS),
    @SerializedName("documents")
    DOCUMENTS(Field.TEXT, QueryEmbedding.IncludeEnum.DOCUMENTS),
    @SerializedName("metadatas")
    METADATAS(Field.METADATA, QueryEmbedding.IncludeEnum.METADATAS);

    private final Field field;
    private final QueryEmbedding.IncludeEnum forQuery;

    IncludeItem(Field field, QueryEmbedding.IncludeEnum forQuery) {
        this.field = field;
        this.forQuery = forQuery;
    }

    static List<AnyOfGetEmbeddingIncludeItems> forGet(Set<Field> fields) {
        return java.util.Arrays.stream(values())
                .filter(i -> fields.contains(i.field))
                .map(AnyOfGetEmbeddingIncludeItems.class::cast)
                .toList();
    }

    static List<QueryEmbedding.IncludeEnum> forQuery(Set<Field> fields) {
        java.util.ArrayList<QueryEmbedding.IncludeEnum> items = new java.util.ArrayList<>();
        items.add(QueryEmbedding.IncludeEnum.DISTANCES);
        for (IncludeItem i : values()) {
            if (fields.contains(i.field)) {
                items.add(i.forQuery);
            }
        }
        return items;
    }
}
