package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.FaissLibrary;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written without FAISS is, to the last byte, what FAISS writes of the same vectors. */
class FlatFileTest {

    private final FaissLibrary library = FaissFixture.library();

    @TempDir
    Path folder;

    /** 1,000 rows of 384 floats are more than one buffer; so are 30 of 65,536. */
    @ParameterizedTest
    @CsvSource({
        "L2, 0, 3",
        "IP, 0, 3",
        "L2, 1, 1",
        "COSINE, 1, 1",
        "L2, 1000, 384",
        "IP, 1000, 384",
        "COSINE, 1000, 384",
        "COSINE, 30, 65536"
    })
    void bytesAreThoseOfFaiss(Distance distance, int rows, int dimension) throws IOException {
        Random random = new Random(rows);
        Path theirs = folder.resolve("theirs");
        Path ours = Files.createFile(folder.resolve("ours"));
        CollectionSpec spec = new CollectionSpec("docs", dimension, distance, Metadata.EMPTY);
        try (Part part = Part.flat(library, distance, dimension);
                FlatFile flat = new FlatFile(ours, spec)) {
            Part.Adder adder = part.new Adder(16, 1);
            for (int i = 0; i < rows; i++) {
                float[] vector = vector(random, dimension, i);
                adder.add(3 * i + 1, vector);
                flat.add(3 * i + 1, vector);
            }
            adder.flush();
            long bytes = part.index().write(theirs);
            assertThat(flat.finish()).isEqualTo(bytes);
            assertThat(ours).hasSameBinaryContentAs(theirs);
            assertThat(flat.ordinals().count()).isEqualTo(part.count());
            for (int row = 0; row < part.count(); row++) {
                assertThat(flat.ordinals().id(row)).isEqualTo(part.ordinals().id(row));
            }
            assertThat(flat.measures().exact()).isEqualTo(part.measures().exact());
            assertThat(flat.measures().largestSquare()).isEqualTo(part.largestSquare());
            if (distance != Distance.COSINE && rows > 100) {
                assertThat(part.count()).as("some that FAISS cannot measure").isLessThan(rows);
            }
        }
    }

    /** Some of length 1, some not, some without a direction, some too long to be measured. */
    private static float[] vector(Random random, int dimension, int number) {
        float[] vector = new float[dimension];
        double square = 0;
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
            square += (double) vector[i] * vector[i];
        }
        double scale = switch (number % 50) {
            case 7 -> 0;
            case 8 -> 1e19;
            default -> number % 2 == 0 ? 1 / Math.sqrt(square) : 1;
        };
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (vector[i] * scale);
        }
        return vector;
    }
}
