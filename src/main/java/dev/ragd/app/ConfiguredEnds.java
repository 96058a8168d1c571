package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigEdit;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.embed.Embedder;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateResources;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two stores that a migration names, and the configured model; each made at its first use. */
final class ConfiguredEnds implements MigrateResources {

    private final Home home;
    private final Settings settings;
    private final ConfiguredModels models;
    private final MigrateRequest request;
    private final boolean readOnly;
    private final Progress progress;

    private @Nullable VectorStore source;
    private @Nullable VectorStore target;
    private @Nullable Embedder embedder;

    /** @param readOnly nothing may be created */
    ConfiguredEnds(Home home, Settings settings, MigrateRequest request, boolean readOnly, Progress progress) {
        this.home = home;
        this.settings = settings;
        this.models = new ConfiguredModels(home, settings, progress);
        this.request = request;
        this.readOnly = readOnly;
        this.progress = progress;
    }

    @Override
    public synchronized VectorStore source() {
        if (source == null) {
            VectorStore opened = ReferencedStores.openToRead(request.from(), models, progress::note);
            if (request.from().equals(request.to()) && !readOnly && !(opened instanceof NothingStored)) {
                opened.close();
                opened = target();
            }
            source = opened;
        }
        return source;
    }

    @Override
    public synchronized VectorStore target() {
        if (target == null) {
            if (readOnly && request.from().equals(request.to())) {
                target = source();
            } else if (readOnly) {
                target = ReferencedStores.openTargetToRead(request.to(), models, progress::note);
            } else {
                target = ReferencedStores.open(request.to(), models, progress::note);
            }
        }
        return target;
    }

    @Override
    public synchronized Embedder embedder() {
        if (embedder == null) {
            embedder = models.configured();
        }
        return embedder;
    }

    @Override
    public void activate() {
        ConfigFile file = ConfigFile.read(home.configFile());
        String edited =
                new ConfigEdit(file).set(Catalogue.BACKEND.key(), request.to().kind());
        // What is searched without further words is to be what was migrated, not another collection of the new store.
        ConfigFile switched = ConfigFile.parse(file.path(), edited);
        String configured = Settings.resolve(switched, Map.of(), Map.of()).get(Catalogue.COLLECTION);
        if (!configured.equals(request.toCollection())) {
            edited = new ConfigEdit(switched).set(Catalogue.COLLECTION.key(), request.toCollection());
        }
        try {
            AtomicFile.write(file.path(), edited.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(file.path() + " cannot be written; it is as it was", e);
        }
    }

    @Override
    public long freeBytes() {
        Path folder =
                request.to().location() == null ? home.data() : request.to().location();
        boolean elsewhere = request.to().location() == null
                && settings.find(Catalogue.CHROMA_URL).isPresent()
                && request.to().kind().equals(ChromaStore.NAME);
        if (elsewhere) {
            return Long.MAX_VALUE;
        }
        while (folder != null && Files.notExists(folder)) {
            folder = folder.getParent();
        }
        try {
            return folder == null ? Long.MAX_VALUE : Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // a file system that does not say
        }
    }

    @Override
    public synchronized void close() {
        if (embedder != null) {
            embedder.close();
        }
        if (source != null) {
            source.close();
        }
        if (target != null && target != source) {
            target.close();
        }
    }
}
