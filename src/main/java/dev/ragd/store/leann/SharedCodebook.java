package dev.ragd.store.leann;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A codebook outside of any collection, which collections of like text share: the first that learns one leaves it there, others
 * take it over before they have as many records as learning needs. For the writer of a collection, by one thread at a time.
 */
final class SharedCodebook {

    private final @Nullable Path file;
    private final CollectionSpec spec;
    private final Consumer<String> notes;
    private boolean unfit;

    /** @param file null when collections share nothing */
    SharedCodebook(@Nullable Path file, CollectionSpec spec, Consumer<String> notes) {
        this.file = file;
        this.spec = spec;
        this.notes = notes;
    }

    /**
     * The codebook, as the first one of a collection.
     *
     * @return null when there is none, or when it is for other vectors, of which a note tells once
     * @throws StoreException.CorruptIndex when it is damaged
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    @Nullable
    Codebook read(UUID collection) {
        if (file == null || unfit || !Files.exists(file)) {
            return null;
        }
        Codebook book;
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length < Integer.BYTES
                    || !CommittedFile.of(file.toString(), bytes).isOf(bytes)) {
                throw damaged("its checksum differs", null);
            }
            book = CodebookFiles.parse(bytes, file);
        } catch (IOException e) {
            throw damaged("it cannot be read: " + e, e);
        } catch (BufferUnderflowException | ArithmeticException | IndexOutOfBoundsException e) {
            throw damaged("its parts do not fit its length", e);
        }
        if (book.distance() != spec.distance() || book.dimension() != spec.dimension()) {
            unfit = true;
            notes.accept(file + " was learned from vectors of " + book.dimension() + " components under "
                    + book.distance().label() + ", and collection '" + spec.name() + "' has " + spec.dimension()
                    + " under " + spec.distance().label() + ": it learns codes of its own");
            return null;
        }
        notes.accept("codes are those of " + file);
        return new Codebook(
                collection,
                1,
                book.distance(),
                book.dimension(),
                book.parts(),
                book.trained(),
                book.error(),
                book.rotation(),
                book.centroids(),
                book.budgets(),
                book.margins());
    }

    /** Leaves a collection's first codebook for others, unless there is one already. */
    void keep(Codebook book) {
        if (file == null || unfit || book.generation() != 1 || Files.exists(file)) {
            return;
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            AtomicFile.write(file, CodebookFiles.bytes(book));
            notes.accept("other collections can use what was learned: " + file);
        } catch (IOException e) {
            notes.accept(file + " cannot be written, and no other collection can use what was learned: " + e);
        }
    }

    private StoreException.CorruptIndex damaged(String problem, @Nullable Throwable cause) {
        return new StoreException.CorruptIndex(
                file + " (leann.model_path) is damaged: " + problem
                        + "; delete it, and the next collection that learns codes writes another, or unset leann.model_path",
                cause);
    }
}
