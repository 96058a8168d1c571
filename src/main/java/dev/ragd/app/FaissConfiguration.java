package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.faiss.Simd;
import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faiss.Growth;
import dev.ragd.store.faiss.IndexKind;
import dev.ragd.store.faiss.IndexPlan;
import dev.ragd.store.faiss.SearchEffort;
import java.util.Locale;

/** Settings as the faiss store wants them. */
final class FaissConfiguration {

    private FaissConfiguration() {}

    static FaissSettings of(Home home, Settings settings) {
        String simd = settings.get(Catalogue.FAISS_SIMD);
        return new FaissSettings(
                home.data().resolve(FaissStore.NAME),
                home.cache(),
                new IndexPlan(
                        IndexKind.of(settings.get(Catalogue.FAISS_INDEX)),
                        settings.get(Catalogue.FAISS_M),
                        settings.get(Catalogue.FAISS_EF_CONSTRUCTION)),
                SearchEffort.of(settings.get(Catalogue.FAISS_EF_SEARCH), settings.get(Catalogue.FAISS_NPROBE)),
                simd.equals("auto") ? Simd.AVX512 : Simd.valueOf(simd.toUpperCase(Locale.ROOT)),
                Growth.USUAL);
    }
}
