package dev.ragd.store;

import dev.ragd.store.FilterLexer.Kind;
import dev.ragd.store.FilterLexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the filters that people type.
 *
 * <pre>{@code
 * type = 'pdf' and (year >= 2020 or not author = "Ada")
 * lang in ('de', 'fr') and text contains "river" and modified >= 2025-01-31
 * }</pre>
 *
 * <p>The grammar; keywords in any case, white space between tokens where needed:
 *
 * <pre>{@code
 * filter    = and , { "or" , and } ;
 * and       = unary , { "and" , unary } ;
 * unary     = "not" , unary | primary ;
 * primary   = "(" , filter , ")"
 *           | ( "all" | "any" ) , "(" , [ filter , { "," , filter } ] , ")"
 *           | "exists" , key
 *           | "text" , [ "not" ] , "contains" , string
 *           | key , compare , value
 *           | key , [ "not" ] , "in" , "(" , [ value , { "," , value } ] , ")" ;
 * compare   = "=" | "==" | "!=" | "<>" | ">" | ">=" | "<" | "<=" ;
 * value     = string | number | date | "true" | "false" ;
 * key       = word | "`" , { character | escape } , "`" ;
 * word      = letter | "_" , { letter | digit | "_" | "." | "-" } ;   (* A to Z, a to z, 0 to 9 *)
 * string    = "'" , { character | escape } , "'" | '"' , { character | escape } , '"' ;
 * escape    = "\\" | "\'" | '\"' | "\`" | "\n" | "\r" | "\t" | "\" , "u" , 4 * hexdigit ;
 * number    = [ "-" ] , digits , [ "." , digits ] , [ ( "e" | "E" ) , [ "+" | "-" ] , digits ] ;
 * date      = yyyy-mm-dd , [ "T" , hh:mm , [ ":ss" , [ "." , fraction ] ] , [ "Z" | ( "+" | "-" ) , hh:mm ] ] ;
 * }</pre>
 *
 * <ul>
 *   <li>"and" binds closer than "or", "not" closer than both. {@code all(...)} is "and" and {@code any(...)} is "or" of any
 *       number of filters: {@code all()} matches everything, {@code any()} nothing.
 *   <li>A number without point and exponent is a 64-bit integer, any other a double; both compare by value.
 *   <li>A date is the integer of milliseconds since 1970-01-01T00:00Z, UTC unless it has an offset: {@code 2025-01-31} is
 *       that day's first instant, so "on that day" is {@code t >= 2025-01-31 and t < 2025-02-01}.
 *   <li>{@code key != value} and {@code key not in (...)} are true where the key is missing, as {@link Filter} says.
 *   <li>The words and, or, not, in, true, false are keys only in backquotes. {@code text contains} asks for the record's
 *       text; {@code text = ...} for a key of that name.
 * </ul>
 *
 * <p>{@link Filter#toString} writes this grammar. Stateless and safe for use by several threads.
 */
public final class FilterParser {

    /** Deeper nesting of parentheses and "not" is refused: it would exhaust the stack here or in a store. */
    public static final int MAX_DEPTH = 200;

    private final String source;
    private final List<Token> tokens;
    private int next;
    private int depth;

    private FilterParser(String source) {
        this.source = source;
        this.tokens = FilterLexer.tokens(source);
    }

    /**
     * Reads a filter in this grammar.
     *
     * @throws FilterSyntaxException with the position, what was expected, and a caret below the place
     */
    public static Filter parse(String text) {
        FilterParser parser = new FilterParser(text);
        Filter filter = parser.or();
        if (parser.peek().kind() != Kind.END) {
            throw parser.expected("'and', 'or' or the end");
        }
        return filter;
    }

    /**
     * Reads a filter in this grammar or, when it starts with an opening brace, in that of {@link FilterJson}.
     *
     * @throws FilterSyntaxException when it is neither
     */
    public static Filter parseAny(String text) {
        return text.stripLeading().startsWith("{") ? FilterJson.read(text) : parse(text);
    }

    private Filter or() {
        List<Filter> parts = new ArrayList<>();
        do {
            parts.add(and());
        } while (acceptWord("or"));
        return parts.size() == 1 ? parts.get(0) : new Filter.Or(parts);
    }

    private Filter and() {
        List<Filter> parts = new ArrayList<>();
        do {
            parts.add(unary());
        } while (acceptWord("and"));
        return parts.size() == 1 ? parts.get(0) : new Filter.And(parts);
    }

    private Filter unary() {
        Token start = peek();
        if (++depth > MAX_DEPTH) {
            throw FilterSyntaxException.at(source, start.position(), "nested more than " + MAX_DEPTH + " levels deep");
        }
        Filter filter = acceptWord("not") ? new Filter.Not(unary()) : primary();
        depth--;
        return filter;
    }

    private Filter primary() {
        if (acceptSymbol("(")) {
            Filter inner = or();
            requireSymbol(")", "'and', 'or' or ')'");
            return inner;
        } else if (isWord("all") && isSymbol(1, "(")) {
            return new Filter.And(arguments());
        } else if (isWord("any") && isSymbol(1, "(")) {
            return new Filter.Or(arguments());
        } else if (isWord("exists") && isKey(peek(1))) {
            next++;
            return new Filter.Exists(key());
        } else if (isWord("text") && isWord(1, "contains")) {
            next += 2;
            return new Filter.TextContains(string());
        } else if (isWord("text") && isWord(1, "not") && isWord(2, "contains")) {
            next += 3;
            return new Filter.Not(new Filter.TextContains(string()));
        }
        return condition();
    }

    private List<Filter> arguments() {
        next += 2;
        List<Filter> filters = new ArrayList<>();
        if (!acceptSymbol(")")) {
            do {
                filters.add(or());
            } while (acceptSymbol(","));
            requireSymbol(")", "',' or ')'");
        }
        return filters;
    }

    private Filter condition() {
        String key = key();
        Token operator = peek();
        if (acceptWord("in")) {
            return new Filter.In(key, values());
        } else if (isWord("not") && isWord(1, "in")) {
            next += 2;
            return new Filter.Not(new Filter.In(key, values()));
        } else if (isWord("contains") || (isWord("not") && isWord(1, "contains"))) {
            throw expected(
                    "an operator after the key '" + key + "' (only the text can be searched: text contains '...')");
        } else if (operator.kind() != Kind.SYMBOL) {
            throw expected("one of = != > >= < <= in, after the key '" + key + "'");
        }
        next++;
        return switch (operator.text()) {
            case "=", "==" -> new Filter.Compare(key, Filter.Op.EQ, value());
            case "!=", "<>" -> new Filter.Not(new Filter.Compare(key, Filter.Op.EQ, value()));
            case ">" -> new Filter.Compare(key, Filter.Op.GT, value());
            case ">=" -> new Filter.Compare(key, Filter.Op.GTE, value());
            case "<" -> new Filter.Compare(key, Filter.Op.LT, value());
            case "<=" -> new Filter.Compare(key, Filter.Op.LTE, value());
            default -> {
                next--;
                throw expected("one of = != > >= < <= in, after the key '" + key + "'");
            }
        };
    }

    private List<MetadataValue.Scalar> values() {
        requireSymbol("(", "'(' after 'in'");
        List<MetadataValue.Scalar> values = new ArrayList<>();
        if (!acceptSymbol(")")) {
            do {
                values.add(value());
            } while (acceptSymbol(","));
            requireSymbol(")", "',' or ')'");
        }
        return values;
    }

    private String key() {
        if (!isKey(peek())) {
            throw expected("a condition such as  type = 'pdf'");
        }
        return tokens.get(next++).text();
    }

    private MetadataValue.Scalar value() {
        Token token = peek();
        if (acceptWord("true")) {
            return new MetadataValue.Bool(true);
        } else if (acceptWord("false")) {
            return new MetadataValue.Bool(false);
        }
        MetadataValue.Scalar value = token.value();
        if (value == null) {
            throw expected("a value (strings stand in quotes)");
        }
        next++;
        return value;
    }

    private String string() {
        if (!(peek().value() instanceof MetadataValue.Text t)) {
            throw expected("a string in quotes after 'contains'");
        }
        next++;
        return t.value();
    }

    private Token peek() {
        return peek(0);
    }

    private Token peek(int ahead) {
        return tokens.get(Math.min(next + ahead, tokens.size() - 1));
    }

    private static boolean isKey(Token token) {
        return token.kind() == Kind.QUOTED_KEY
                || (token.kind() == Kind.WORD && !FilterFormat.RESERVED.contains(lower(token)));
    }

    private boolean isWord(String word) {
        return isWord(0, word);
    }

    private boolean isWord(int ahead, String word) {
        Token token = peek(ahead);
        return token.kind() == Kind.WORD && lower(token).equals(word);
    }

    private boolean isSymbol(int ahead, String symbol) {
        Token token = peek(ahead);
        return token.kind() == Kind.SYMBOL && token.text().equals(symbol);
    }

    private boolean acceptWord(String word) {
        boolean found = isWord(word);
        next += found ? 1 : 0;
        return found;
    }

    private boolean acceptSymbol(String symbol) {
        boolean found = isSymbol(0, symbol);
        next += found ? 1 : 0;
        return found;
    }

    private void requireSymbol(String symbol, String expectation) {
        if (!acceptSymbol(symbol)) {
            throw expected(expectation);
        }
    }

    private static String lower(Token token) {
        return token.text().toLowerCase(Locale.ROOT);
    }

    private FilterSyntaxException expected(String what) {
        Token found = peek();
        String end = found.kind() == Kind.END ? "the end" : "'" + found.text() + "'";
        return FilterSyntaxException.at(source, found.position(), "expected " + what + ", found " + end);
    }
}
