package dev.ragd.store.chromafolder;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pickle in which Chroma keeps the labels of an index: a dictionary of numbers and of dictionaries, or an object
 * with such fields (Chroma 0.4). It is a machine with a stack (CPython's Lib/pickletools.py describes the instructions); of
 * its instructions only those that make plain data are known, and nothing is ever called. Entries are handed out as they are
 * read, so that memory holds one at a time - unless the pickle refers back to its strings, as Python's own do.
 */
final class PickleReader {

    private static final int MOST_STRING_BYTES = 1 << 20;

    /** Stands for an object, a class or a tuple, whose value does not matter. */
    private static final Object THING = new Object();

    private static final Object MARK = new Object();

    /** Takes the entries of dictionaries. */
    interface Visitor {
        /**
         * An entry.
         *
         * @param dictionary the key that the dictionary has in the outer one; empty for the outer one itself
         * @param key a String or a Long
         * @param value likewise, or null
         */
        void entry(String dictionary, Object key, @Nullable Object value) throws IOException;
    }

    private record Dictionary(String name) {}

    private final DataInputStream in;
    private final Visitor visitor;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final List<@Nullable Object> memo = new ArrayList<>();

    private PickleReader(InputStream in, Visitor visitor) {
        this.in = new DataInputStream(in);
        this.visitor = visitor;
    }

    /**
     * Reads a pickle to its end.
     *
     * @throws IOException also when it is no such pickle
     */
    static void read(InputStream in, Visitor visitor) throws IOException {
        PickleReader reader = new PickleReader(in, visitor);
        try {
            while (reader.step()) {
                // one instruction after the other
            }
        } catch (IndexOutOfBoundsException | ClassCastException e) {
            throw new IOException("it takes something from the stack that is not there", e);
        } catch (EOFException e) {
            throw new IOException("it ends before its end", e);
        }
    }

    /** @return false at the end */
    private boolean step() throws IOException {
        int instruction = in.readUnsignedByte();
        switch (instruction) {
            case 0x80 -> in.readByte(); // PROTO
            case 0x95 -> in.readLong(); // FRAME
            case '.' -> {
                return false;
            }
            case '(' -> {
                marks.add(stack.size());
                stack.add(MARK);
            }
            case '}' ->
                stack.add(new Dictionary(
                        !stack.isEmpty() && stack.get(stack.size() - 1) instanceof String name ? name : ""));
            case 'u' -> setItems();
            case 's' -> setItem();
            case 'N' -> push(null);
            case 'J' -> push((long) Integer.reverseBytes(in.readInt()));
            case 'K' -> push((long) in.readUnsignedByte());
            case 'M' -> push((long) (Short.reverseBytes(in.readShort()) & 0xffff));
            case 0x8a -> push(longOf(in.readUnsignedByte()));
            case 'X' -> push(string(Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()))));
            case 0x8c -> push(string(in.readUnsignedByte()));
            case 0x8d -> push(string(Long.reverseBytes(in.readLong())));
            case 0x94 -> memo.add(top());
            case 'q' -> remember(in.readUnsignedByte());
            case 'r' -> remember(Integer.reverseBytes(in.readInt()));
            case 'h' -> push(memo.get(in.readUnsignedByte()));
            case 'j' -> push(memo.get(Integer.reverseBytes(in.readInt())));
            case 'c' -> { // GLOBAL: two lines
                line();
                line();
                stack.add(THING);
            }
            case 0x93, 0x81, 'R' -> { // STACK_GLOBAL, NEWOBJ, REDUCE: two become one
                pop();
                pop();
                stack.add(THING);
            }
            case ')' -> stack.add(THING);
            case 'b' -> pop(); // BUILD: the state was handed out already
            default ->
                throw new IOException(
                        String.format("it has the instruction 0x%02x, which makes no plain data", instruction));
        }
        return true;
    }

    /**
     * Hands an entry out as soon as its value is there, so that the stack stays small; but not behind a dictionary, whose own
     * and only entry it may be.
     */
    private void push(@Nullable Object value) throws IOException {
        stack.add(value);
        if (marks.isEmpty()) {
            return;
        }
        int mark = marks.get(marks.size() - 1);
        int since = stack.size() - mark;
        boolean complete = since > 1 && since % 2 == 1 && !(stack.get(stack.size() - 3) instanceof Dictionary);
        if (complete && mark > 0 && stack.get(mark - 1) instanceof Dictionary dictionary) {
            Object last = pop();
            entry(dictionary, pop(), last);
        }
    }

    private void setItems() throws IOException {
        int mark = marks.remove(marks.size() - 1);
        Dictionary dictionary = (Dictionary) stack.get(mark - 1);
        for (int i = mark + 1; i + 1 < stack.size(); i += 2) {
            entry(dictionary, stack.get(i), stack.get(i + 1));
        }
        stack.subList(mark, stack.size()).clear();
    }

    private void setItem() throws IOException {
        Object value = pop();
        Object key = pop();
        if (top() instanceof Dictionary dictionary) {
            entry(dictionary, key, value);
        } else {
            throw new IOException("it sets an entry of what is no dictionary");
        }
    }

    private void entry(Dictionary dictionary, @Nullable Object key, @Nullable Object value) throws IOException {
        if (value instanceof Dictionary) {
            return; // its own entries were handed out
        }
        if (!(key instanceof String || key instanceof Long)
                || !(value == null || value instanceof String || value instanceof Long)) {
            throw new IOException("an entry of '" + dictionary.name() + "' is neither text nor number");
        }
        visitor.entry(dictionary.name(), key, value);
    }

    private void remember(int number) throws IOException {
        if (number != memo.size()) {
            throw new IOException("it remembers out of order");
        }
        memo.add(top());
    }

    private @Nullable Object top() {
        return stack.get(stack.size() - 1);
    }

    private @Nullable Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private String string(long bytes) throws IOException {
        if (bytes < 0 || bytes > MOST_STRING_BYTES) {
            throw new IOException("it has a text of " + bytes + " bytes");
        }
        byte[] utf8 = new byte[(int) bytes];
        in.readFully(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private long longOf(int bytes) throws IOException {
        if (bytes > Long.BYTES) {
            throw new IOException("it has a number of " + bytes + " bytes");
        }
        byte[] number = new byte[bytes];
        for (int i = bytes - 1; i >= 0; i--) {
            number[i] = in.readByte();
        }
        return bytes == 0 ? 0 : new BigInteger(number).longValue();
    }

    private void line() throws IOException {
        for (int i = 0; in.readUnsignedByte() != '\n'; i++) {
            if (i > MOST_STRING_BYTES) {
                throw new IOException("it has a line without an end");
            }
        }
    }
}
