package dev.ragd.store.documents;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.ByteBuffersIndexOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/**
 * The file that says what a collection is. Its format: the header of Lucene's {@link CodecUtil} (magic, "ragd.collection",
 * version), then string id, string name, vint dimension, string distance, metadata attributes, string vector storage,
 * metadata settings, then the footer of {@link CodecUtil} (magic, CRC32 of all before it). Strings and metadata are those of
 * {@link RecordBytes}.
 */
final class HeaderFile {

    /**
     * The format of the whole folder: this file, the index and its fields, the log, which version 1 did not have. Older ones
     * from 1 on are read, and written as the newest.
     */
    static final int VERSION = 2;

    static final String NAME = "collection";

    private static final String CODEC = "ragd.collection";

    private HeaderFile() {}

    /** Writes it durably. */
    static void write(Path folder, CollectionHeader header) throws IOException {
        ByteBuffersDataOutput bytes = new ByteBuffersDataOutput();
        try (IndexOutput out = new ByteBuffersIndexOutput(bytes, "collection header", NAME)) {
            CodecUtil.writeHeader(out, CODEC, VERSION);
            out.writeString(header.id());
            out.writeString(header.spec().name());
            out.writeVInt(header.spec().dimension());
            out.writeString(header.spec().distance().label());
            RecordBytes.write(header.spec().attributes(), out);
            out.writeString(header.storage().name());
            RecordBytes.write(header.settings(), out);
            CodecUtil.writeFooter(out);
        }
        AtomicFile.write(folder.resolve(NAME), bytes.toArrayCopy());
    }

    /** Marks a folder of an older version as one that only a ragd that knows this one can read. */
    static void upgrade(CollectionFolder folder) throws IOException {
        Path file = folder.path().resolve(NAME);
        try (IndexInput in = input(file, Files.readAllBytes(file))) {
            if (CodecUtil.checkHeader(in, CODEC, 1, VERSION) < VERSION) {
                write(folder.path(), read(folder.path()));
            }
        }
    }

    /** Replaces a collection's attributes durably. Who calls this holds the collection's write lock, as for an upgrade. */
    static void replaceAttributes(CollectionFolder folder, Metadata attributes) throws IOException {
        CollectionHeader now = read(folder.path());
        CollectionSpec spec = now.spec();
        CollectionSpec changed = new CollectionSpec(spec.name(), spec.dimension(), spec.distance(), attributes);
        write(folder.path(), new CollectionHeader(now.id(), changed, now.storage(), now.settings()));
    }

    private static IndexInput input(Path file, byte[] content) {
        ByteBuffersDataOutput bytes = new ByteBuffersDataOutput();
        bytes.writeBytes(content, content.length);
        return new ByteBuffersIndexInput(bytes.toDataInput(), file.toString());
    }

    /**
     * Reads it.
     *
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     * @throws StoreException.FormatTooOld when it is older than this ragd knows
     * @throws StoreException.CorruptIndex when it is not what was written
     * @throws IOException when it cannot be read
     */
    static CollectionHeader read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        byte[] content = Files.readAllBytes(file);
        try (IndexInput in = input(file, content)) {
            int version = CodecUtil.checkHeader(in, CODEC, 0, Integer.MAX_VALUE);
            if (version > VERSION) {
                CodecUtil.checksumEntireFile(in);
                throw new StoreException.FormatTooNew(folder.toString(), version, VERSION);
            } else if (version < 1) {
                throw new StoreException.FormatTooOld(folder.toString(), version, 1);
            }
            CodecUtil.checksumEntireFile(in);
            in.seek(CodecUtil.headerLength(CODEC));
            String id = in.readString();
            String name = in.readString();
            int dimension = in.readVInt();
            Distance distance = Distance.of(in.readString()).orElseThrow();
            Metadata attributes = RecordBytes.readMetadata(in);
            VectorStorage storage = VectorStorage.valueOf(in.readString());
            Metadata settings = RecordBytes.readMetadata(in);
            return new CollectionHeader(
                    id, new CollectionSpec(name, dimension, distance, attributes), storage, settings);
        } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
            throw new StoreException.CorruptIndex(Failures.corrupt(file, "it is no header of a collection"), e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof StoreException known) {
                throw known;
            }
            throw new StoreException.CorruptIndex(Failures.corrupt(file, e.getMessage()), e);
        }
    }
}
