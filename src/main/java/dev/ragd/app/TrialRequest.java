package dev.ragd.app;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one process of a profile is to do; it lies in a file of the profile's folder.
 *
 * @param half {@link #BUILD} or {@link #SEARCH}
 * @param home the user's home, for settings, models and programs
 * @param work the profile's folder: the sample, and the store's data
 * @param backend the store's name
 * @param settings given as options, and the variant's: keys to values. Secrets are not among them.
 * @param k neighbours to ask for
 * @param filter null for none
 */
record TrialRequest(
        String half,
        String home,
        String work,
        String backend,
        Map<String, String> settings,
        int k,
        @Nullable String filter) {

    static final String BUILD = "build";
    static final String SEARCH = "search";
}
