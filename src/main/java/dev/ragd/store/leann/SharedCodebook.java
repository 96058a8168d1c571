package dev.ragd.store.leann;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.StoreException;
import java.io.IOException;
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

    private static final String WAY_OUT =
            "delete it, and the next collection that learns codes writes another, or unset leann.model_path";

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
     * @return null when there is none, or it does not fit the collection, of which a note tells once
     * @throws StoreException.CorruptIndex when it is damaged
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    @Nullable
    Codebook read(UUID collection) {
        if (file == null || unfit || !Files.exists(file)) {
            return null;
        }
        Codebook book = CodebookFiles.read(file, new CodebookFiles.Damage(file + " (leann.model_path)", WAY_OUT));
        if (book.margins() == null) {
            return learnsItsOwn("was written by an older ragd, which learned less");
        }
        if (book.distance() != spec.distance() || book.dimension() != spec.dimension()) {
            return learnsItsOwn("was learned from vectors of " + book.dimension() + " components under "
                    + book.distance().label() + ", and this has " + spec.dimension() + " under "
                    + spec.distance().label());
        }
        notes.accept("codes are those of " + file);
        return book.asFirstOf(collection);
    }

    private @Nullable Codebook learnsItsOwn(String reason) {
        unfit = true;
        notes.accept("collection '" + spec.name() + "' learns codes of its own: " + file + " " + reason);
        return null;
    }

    /** Leaves a collection's first codebook for others, unless there is one already. */
    void keep(Codebook book) {
        if (file == null || unfit || book.generation() != 1 || Files.exists(file)) {
            return;
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                AtomicFile.createPrivateFolder(folder);
            }
            AtomicFile.write(file, CodebookFiles.bytes(book));
            notes.accept("other collections can use what was learned: " + file);
        } catch (IOException e) {
            notes.accept(file + " cannot be written, and no other collection can use what was learned: " + e);
        }
    }
}
