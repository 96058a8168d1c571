package dev.ragd.store.leann;

import dev.ragd.store.StoreException;
import dev.ragd.store.documents.DocumentSnapshot;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The codes of an open collection in memory, brought up to each moment that is asked for. Safe for use by several threads.
 */
final class LiveCodes {

    private final String where;
    private final Codebooks codebooks;
    private Map<Integer, CodeBlock> blocks = new TreeMap<>();
    private int epoch = -1;
    /** The code of every live record below is in a block. */
    private int end;

    private volatile @Nullable View view;

    /** The codes of a moment. */
    private record View(DocumentSnapshot now, CodeTable table) {}

    /** What encodes each generation of codes. */
    @FunctionalInterface
    interface Codebooks {
        Quantizer quantizer(LeannCommit committed, int generation);
    }

    /** @param where whose they are, for messages */
    LiveCodes(String where, Codebooks codebooks) {
        this.where = where;
        this.codebooks = codebooks;
    }

    /** The codes of everything that lives at a moment. */
    CodeTable at(DocumentSnapshot now) {
        View known = view;
        return known != null && known.now == now ? known.table : read(now);
    }

    private synchronized CodeTable read(DocumentSnapshot now) {
        LeannCommit committed = LeannCommit.of(now.adapterData(), where);
        if (committed.epoch() > epoch) { // records got other codes under their ordinals
            blocks = new TreeMap<>();
            end = 0;
            epoch = committed.epoch();
        }
        if (end < now.nextOrdinal()) {
            now.forEachCode(end, (ordinal, bytes, offset, length) -> {
                long read = StoredCode.read(bytes, offset, length, where);
                int head = (int) (read & 0xff);
                add((int) (read >>> 8), ordinal, bytes, offset + head, length - head, committed);
            });
            end = now.nextOrdinal();
        }
        CodeTable table =
                new CodeTable(blocks.values().stream().map(CodeBlock::view).toList());
        view = new View(now, table);
        return table;
    }

    private void add(int generation, int ordinal, byte[] bytes, int offset, int length, LeannCommit committed) {
        Quantizer quantizer = codebooks.quantizer(committed, generation);
        if (length != quantizer.codeBytes()) {
            throw new StoreException.CorruptIndex(
                    where + ": a code of codebook " + generation + " has " + length + " bytes, expected "
                            + quantizer.codeBytes(),
                    null);
        }
        blocks.computeIfAbsent(generation, g -> new CodeBlock(quantizer)).add(ordinal, bytes, offset);
    }
}
