package dev.ragd.jobs.index;

import java.nio.file.Path;
import java.util.List;

/**
 * What to index, and where to.
 *
 * @param backend the store's name
 * @param collection the collection's name
 * @param roots files or folders, as the user gave them; at least one
 * @param includes globs on the path below a root (or the file name, for a pattern without a slash); empty means all files
 * @param excludes globs of files and folders to leave out
 * @param full ignore the unchanged check
 * @param allowMassDelete lift the mass-delete guard for this run
 */
public record IndexRequest(
        String backend,
        String collection,
        List<Path> roots,
        List<String> includes,
        List<String> excludes,
        boolean full,
        boolean allowMassDelete) {
    public IndexRequest {
        roots = List.copyOf(roots);
        includes = List.copyOf(includes);
        excludes = List.copyOf(excludes);
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("nothing to index: name at least one file or folder");
        }
    }

    /** The same without what is unchanged. */
    IndexRequest changesOnly() {
        return new IndexRequest(backend, collection, roots, includes, excludes, false, allowMassDelete);
    }
}
