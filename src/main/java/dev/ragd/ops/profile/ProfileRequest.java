package dev.ragd.ops.profile;

import java.util.List;

/**
 * What is to be measured.
 *
 * @param stores at least one
 * @param collection what the user calls the collection
 * @param sample most records to measure with; 0 for {@value #SAMPLE} or all, if there are fewer
 * @param queries how many questions to ask; 0 for {@value #QUERIES}, or fewer for a small collection
 * @param k how many neighbours to ask for
 */
public record ProfileRequest(List<ProfiledStore> stores, String collection, int sample, int queries, int k) {

    /** Records that a profile takes unasked. */
    public static final int SAMPLE = 10_000;

    /** Questions that a profile asks unasked. */
    public static final int QUERIES = 100;

    public ProfileRequest {
        stores = List.copyOf(stores);
    }
}
