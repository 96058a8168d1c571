package dev.ragd.embed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Reads vectors out of JSON and believes nothing: count, numbers and dimension are checked. Thread-safe. */
final class RemoteVectors {

    private final String model;
    private final AtomicInteger dimension;

    /**
     * For one model.
     *
     * @param dimension components expected, or 0 when the first vector decides
     */
    RemoteVectors(String model, int dimension) {
        this.model = model;
        this.dimension = new AtomicInteger(dimension);
    }

    /** Components per vector; 0 while unknown. */
    int dimension() {
        return dimension.get();
    }

    /** States the dimension, unless it is known already. */
    void expect(int components) {
        dimension.compareAndSet(0, components);
    }

    /**
     * One vector, scaled to length 1 (which most models give anyway).
     *
     * @param json an array of numbers, or base64 of little-endian floats
     * @throws EmbedException when it is neither, holds what is no finite number, or has another dimension than before
     */
    float[] read(JsonNode json) {
        float[] vector = json.isString() ? decode(json.asString()) : numbers(json);
        expect(vector.length);
        if (vector.length != dimension.get()) {
            throw refuse("gave a vector of " + vector.length + " components, expected " + dimension.get()
                    + "; the model behind the name has changed, or does not know the dimension that the settings ask"
                    + " for");
        }
        return Vectors.normalise(vector);
    }

    /** Says that an answer is of no use. */
    EmbedException refuse(String what) {
        return new EmbedException(model + " " + what, false, null);
    }

    private float[] numbers(JsonNode json) {
        if (!json.isArray() || json.isEmpty()) {
            throw refuse("gave something that is no vector: " + abbreviate(json));
        }
        float[] vector = new float[json.size()];
        for (int d = 0; d < vector.length; d++) {
            JsonNode number = json.get(d);
            if (!number.isNumber()) {
                throw refuse("gave a vector whose component " + d + " is " + abbreviate(number));
            }
            vector[d] = (float) number.doubleValue();
        }
        return vector;
    }

    private float[] decode(String base64) {
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.remaining() == 0 || bytes.remaining() % Float.BYTES != 0) {
                throw refuse("gave a vector of " + bytes.remaining() + " bytes, which are no 32-bit floats");
            }
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            return vector;
        } catch (IllegalArgumentException e) {
            throw new EmbedException(model + " gave a vector that is no base64", false, e);
        }
    }

    private static String abbreviate(JsonNode json) {
        String text = json.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
