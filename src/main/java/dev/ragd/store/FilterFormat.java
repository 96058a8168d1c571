package dev.ragd.store;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes filters in the grammar of {@link FilterParser}: what {@link #format} gives, the parser reads back as an equal
 * filter. Stateless and safe for use by several threads.
 */
final class FilterFormat {

    /** Words of the grammar; a key that looks like one is quoted. Only {@link #RESERVED} could be misread. */
    private static final Set<String> WORDS =
            Set.of("and", "or", "not", "in", "true", "false", "exists", "text", "contains", "all", "any");

    static final Set<String> RESERVED = Set.of("and", "or", "not", "in", "true", "false");

    private static final Pattern BARE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private FilterFormat() {}

    /** The text of a filter, on one line. */
    static String format(Filter filter) {
        StringBuilder out = new StringBuilder();
        write(filter, out);
        return out.toString();
    }

    private static void write(Filter filter, StringBuilder out) {
        if (filter instanceof Filter.Compare c) {
            compare(c, symbol(c.op()), out);
        } else if (filter instanceof Filter.In in) {
            in(in, " in (", out);
        } else if (filter instanceof Filter.Exists e) {
            out.append("exists ");
            key(e.key(), out);
        } else if (filter instanceof Filter.TextContains t) {
            out.append("text contains ");
            quoted(t.substring(), '\'', out);
        } else if (filter instanceof Filter.And and) {
            chain(and.filters(), " and ", "all(", out);
        } else if (filter instanceof Filter.Or or) {
            chain(or.filters(), " or ", "any(", out);
        } else {
            not(((Filter.Not) filter).filter(), out);
        }
    }

    private static void not(Filter inner, StringBuilder out) {
        if (inner instanceof Filter.Compare c && c.op() == Filter.Op.EQ) {
            compare(c, "!=", out);
        } else if (inner instanceof Filter.In in) {
            in(in, " not in (", out);
        } else if (inner instanceof Filter.TextContains t) {
            out.append("text not contains ");
            quoted(t.substring(), '\'', out);
        } else {
            out.append("not ");
            operand(inner, out);
        }
    }

    /** {@code a and b}; none or one need the function form, which has no other meaning. */
    private static void chain(List<Filter> filters, String word, String function, StringBuilder out) {
        boolean infix = filters.size() > 1;
        String separator = infix ? word : ", ";
        if (!infix) {
            out.append(function);
        }
        for (int i = 0; i < filters.size(); i++) {
            if (i > 0) {
                out.append(separator);
            }
            if (infix) {
                operand(filters.get(i), out);
            } else {
                write(filters.get(i), out);
            }
        }
        if (!infix) {
            out.append(')');
        }
    }

    /** In parentheses when it is a chain itself: a person need not know that "and" binds closer than "or". */
    private static void operand(Filter filter, StringBuilder out) {
        boolean chain = (filter instanceof Filter.And and && and.filters().size() > 1)
                || (filter instanceof Filter.Or or && or.filters().size() > 1);
        if (chain) {
            out.append('(');
        }
        write(filter, out);
        if (chain) {
            out.append(')');
        }
    }

    private static void compare(Filter.Compare c, String symbol, StringBuilder out) {
        key(c.key(), out);
        out.append(' ').append(symbol).append(' ');
        value(c.value(), out);
    }

    private static void in(Filter.In in, String open, StringBuilder out) {
        key(in.key(), out);
        out.append(open);
        for (int i = 0; i < in.values().size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            value(in.values().get(i), out);
        }
        out.append(')');
    }

    private static String symbol(Filter.Op op) {
        return switch (op) {
            case EQ -> "=";
            case GT -> ">";
            case GTE -> ">=";
            case LT -> "<";
            case LTE -> "<=";
        };
    }

    private static void key(String key, StringBuilder out) {
        if (BARE.matcher(key).matches() && !WORDS.contains(key.toLowerCase(Locale.ROOT))) {
            out.append(key);
        } else {
            quoted(key, '`', out);
        }
    }

    private static void value(MetadataValue.Scalar value, StringBuilder out) {
        if (value instanceof MetadataValue.Text t) {
            quoted(t.value(), '\'', out);
        } else {
            // Java writes every double with a point or an exponent, so it stays a double.
            out.append(value.raw());
        }
    }

    private static void quoted(String s, char quote, StringBuilder out) {
        out.append(quote);
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == quote || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (isInvisible(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append(quote);
    }

    /** True for what a terminal does not show, or what makes it show the rest in another order or on another line. */
    private static boolean isInvisible(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
