package dev.ragd.store.snapshot.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.mapType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.apache.parquet.schema.Type.Repetition.OPTIONAL;
import static org.apache.parquet.schema.Type.Repetition.REQUIRED;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MapType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.schema.ConversionPatterns;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/**
 * The schema of a part, which is the same for every collection.
 *
 * <pre>
 * message record {
 *   required binary id (STRING);
 *   required int64 sequence;
 *   required group vector (LIST) { repeated group list { required float element; } }
 *   optional binary text (STRING);
 *   required group metadata (MAP) {
 *     repeated group key_value {
 *       required binary key (STRING);
 *       required group value {          one of them is not null
 *         optional binary string (STRING);
 *         optional int64 int;
 *         optional double double;
 *         optional boolean bool;
 *         optional group strings (LIST) { repeated group list { required binary element (STRING); } }
 *         optional group ints (LIST) ...
 *         optional group doubles (LIST) ...
 *         optional group bools (LIST) ...
 *       }
 *     }
 *   }
 * }
 * </pre>
 */
final class PartSchema {

    /** Places in the list of columns. */
    static final int ID = 0;

    static final int SEQUENCE = 1;
    static final int VECTOR = 2;
    static final int TEXT = 3;
    /** The key, four scalars, four lists: nine columns. */
    static final int METADATA = 4;

    static final MessageType RECORD = new MessageType(
            "record",
            string(REQUIRED, "id"),
            new PrimitiveType(REQUIRED, INT64, "sequence"),
            list(REQUIRED, "vector", new PrimitiveType(REQUIRED, FLOAT, "element")),
            string(OPTIONAL, "text"),
            ConversionPatterns.mapType(
                    REQUIRED,
                    "metadata",
                    "key_value",
                    string(REQUIRED, "key"),
                    new GroupType(
                            REQUIRED,
                            "value",
                            string(OPTIONAL, "string"),
                            new PrimitiveType(OPTIONAL, INT64, "int"),
                            new PrimitiveType(OPTIONAL, DOUBLE, "double"),
                            new PrimitiveType(OPTIONAL, BOOLEAN, "bool"),
                            list(OPTIONAL, "strings", string(REQUIRED, "element")),
                            list(OPTIONAL, "ints", new PrimitiveType(REQUIRED, INT64, "element")),
                            list(OPTIONAL, "doubles", new PrimitiveType(REQUIRED, DOUBLE, "element")),
                            list(OPTIONAL, "bools", new PrimitiveType(REQUIRED, BOOLEAN, "element")))));

    /** All columns but the vector, which has a writer of its own. */
    static final MessageType WITHOUT_VECTOR = new MessageType(
            "record",
            RECORD.getFields().stream()
                    .filter(f -> !f.getName().equals("vector"))
                    .toList());

    /** The schema of a file of deleted rows. */
    static final MessageType DELETED = new MessageType("deleted", new PrimitiveType(REQUIRED, INT64, "sequence"));

    static final List<ColumnDescriptor> COLUMNS = RECORD.getColumns();

    private PartSchema() {}

    /** What the pages of a column are packed with from now on: vectors and ids hardly shrink. */
    static CompressionCodec codec(int column) {
        return column < TEXT ? CompressionCodec.UNCOMPRESSED : CompressionCodec.ZSTD;
    }

    private static Type string(Type.Repetition repetition, String name) {
        return new PrimitiveType(repetition, BINARY, name).withLogicalTypeAnnotation(stringType());
    }

    private static Type list(Type.Repetition repetition, String name, Type element) {
        return ConversionPatterns.listOfElements(repetition, name, element);
    }

    /** The schema as a footer spells it. */
    static List<SchemaElement> elements(MessageType schema) {
        List<SchemaElement> elements = new ArrayList<>();
        elements.add(new SchemaElement(schema.getName()).setNum_children(schema.getFieldCount()));
        schema.getFields().forEach(field -> add(field, elements));
        return elements;
    }

    private static void add(Type type, List<SchemaElement> elements) {
        SchemaElement element = new SchemaElement(type.getName())
                .setRepetition_type(
                        FieldRepetitionType.valueOf(type.getRepetition().name()));
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        if (stringType().equals(logical)) {
            element.setConverted_type(ConvertedType.UTF8).setLogicalType(LogicalType.STRING(new StringType()));
        } else if (listType().equals(logical)) {
            element.setConverted_type(ConvertedType.LIST).setLogicalType(LogicalType.LIST(new ListType()));
        } else if (mapType().equals(logical)) {
            element.setConverted_type(ConvertedType.MAP).setLogicalType(LogicalType.MAP(new MapType()));
        }
        elements.add(element);
        if (type.isPrimitive()) {
            element.setType(primitive(type.asPrimitiveType()));
        } else {
            element.setNum_children(type.asGroupType().getFieldCount());
            type.asGroupType().getFields().forEach(field -> add(field, elements));
        }
    }

    static org.apache.parquet.format.Type primitive(PrimitiveType type) {
        PrimitiveType.PrimitiveTypeName name = type.getPrimitiveTypeName();
        return name == BINARY
                ? org.apache.parquet.format.Type.BYTE_ARRAY
                : org.apache.parquet.format.Type.valueOf(name.name());
    }
}
