package dev.ragd.store.documents;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;

/**
 * The checksums of an index's files. Lucene sums every file when it writes it, but checks the sums of large files only
 * when it merges them, and all of them at each start would take too long. So the file {@code verified} lists the files
 * that were found whole, with their sizes and times; a file that is not listed so, because it is new or was touched, is
 * read and summed when the collection is opened. After a crash these are just the files that the crash may have torn.
 *
 * <p>What is listed may be checked again at any time, so the list is not needed: a line is {@code name size nanoseconds}.
 */
final class VerifiedFiles {

    static final String NAME = "verified";

    private final CollectionFolder folder;

    VerifiedFiles(CollectionFolder folder) {
        this.folder = folder;
    }

    /**
     * Checks what has not been checked as it is.
     *
     * @param names of files of a commit
     * @throws CorruptIndexException when a file does not have its checksum
     */
    void verify(Collection<String> names, Directory directory) throws IOException {
        Map<String, String> known = read();
        Map<String, String> now = stamps(names);
        boolean news = false;
        for (Map.Entry<String, String> file : now.entrySet()) {
            if (!file.getValue().equals(known.get(file.getKey()))) {
                checkSum(file.getKey(), directory);
                news = true;
            }
        }
        if (news) {
            write(now);
        }
    }

    /** Notes files that this process has just written, and so need not be read again. */
    void note(Collection<String> names) throws IOException {
        write(stamps(names));
    }

    private static void checkSum(String name, Directory directory) throws IOException {
        if (name.startsWith(IndexFileNames.SEGMENTS)) {
            return; // Lucene has just read it whole.
        }
        try (ChecksumIndexInput in = directory.openChecksumInput(name, IOContext.READONCE)) {
            in.seek(in.length() - CodecUtil.footerLength());
            CodecUtil.checkFooter(in);
        } catch (IllegalArgumentException e) {
            throw new CorruptIndexException("the file is too short", name, e);
        }
    }

    private Map<String, String> stamps(Collection<String> names) throws IOException {
        Map<String, String> stamps = new TreeMap<>();
        for (String name : names) {
            BasicFileAttributes attributes =
                    Files.readAttributes(folder.index().resolve(name), BasicFileAttributes.class);
            stamps.put(
                    name,
                    attributes.size() + " " + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }
        return stamps;
    }

    private Map<String, String> read() {
        Map<String, String> known = new HashMap<>();
        try {
            for (String line : Files.readAllLines(folder.file(NAME), StandardCharsets.US_ASCII)) {
                int space = line.indexOf(' ');
                if (space > 0) {
                    known.put(line.substring(0, space), line.substring(space + 1));
                }
            }
        } catch (IOException e) {
            return Map.of();
        }
        return known;
    }

    /** A list that cannot be written costs time at the next start, nothing else. */
    private void write(Map<String, String> stamps) {
        List<String> lines = new ArrayList<>();
        stamps.forEach((name, stamp) -> lines.add(name + " " + stamp + "\n"));
        try {
            AtomicFile.write(folder.file(NAME), String.join("", lines).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // A folder that may only be read, or a full disk.
        }
    }
}
