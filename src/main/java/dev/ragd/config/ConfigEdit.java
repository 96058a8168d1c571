package dev.ragd.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Changes one value in the text of a configuration file and nothing else: comments, order and blank lines stay.
 *
 * <p>The syntax tree says where in the text a value stands; only that part is replaced. A new key goes behind the last one
 * of its section. Whatever the edit, the result is read again and must differ in exactly that key, otherwise the edit is
 * refused and the person is asked to do it.
 */
public final class ConfigEdit {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./_~][A-Za-z0-9./_:@%+=~-]*(?<!:)");
    private static final Pattern NEEDS_QUOTES = Pattern.compile("(?i)~|null|true|false|yes|no|on|off");

    private final ConfigFile file;
    private final String text;

    /** @throws ConfigException when the file is no valid YAML */
    public ConfigEdit(ConfigFile file) {
        if (!file.problems().isEmpty()) {
            throw new ConfigException(file.problems());
        }
        this.file = file;
        this.text = file.text();
    }

    /** The text with the value set. */
    public String set(String key, String value) {
        Place place = locate(key);
        String scalar = scalar(value);
        String edited;
        if (place.value instanceof ScalarNode old) {
            String gap = ConfigFile.isNothing(old) && old.getValue().isEmpty() ? " " : "";
            edited = text.substring(0, index(old.getStartMark()))
                    + gap
                    + scalar
                    + text.substring(index(old.getEndMark()));
        } else if (place.value != null) {
            return new ConfigEdit(ConfigFile.parse(file.path(), unset(key))).set(key, value);
        } else {
            edited = insert(place, key, scalar);
        }
        return checked(edited, key, value);
    }

    /** The text without the key; the same text when it is not there. Sections that become empty go too. */
    public String unset(String key) {
        Place place = locate(key);
        if (place.value == null) {
            return text;
        }
        List<NodeTuple> path = place.tuples;
        int last = path.size() - 1;
        while (last > 0 && place.sections.get(last).getValue().size() == 1) {
            last--;
        }
        NodeTuple doomed = path.get(last);
        int from = lineStart(index(doomed.getKeyNode().getStartMark()));
        int to = afterLine(lastEnd(doomed));
        return checked(text.substring(0, from) + text.substring(to), key, null);
    }

    private String insert(Place place, String key, String scalar) {
        MappingNode section = place.sections.isEmpty() ? null : place.sections.get(place.sections.size() - 1);
        if (section == null || section.getValue().isEmpty() || section.getFlowStyle() != FlowStyle.BLOCK) {
            return atEnd(section == null ? block(key, scalar, 0) : key + ": " + scalar + "\n");
        }
        NodeTuple neighbour = section.getValue().get(section.getValue().size() - 1);
        int indent = section.getValue().get(0).getKeyNode().getStartMark().getColumn();
        int at = afterLine(lastEnd(neighbour));
        String before = text.substring(0, at);
        return before + (before.endsWith("\n") ? "" : "\n") + lines(place, scalar, indent) + text.substring(at);
    }

    private String atEnd(String lines) {
        return text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + lines;
    }

    /** A section that is there but empty must not be opened a second time: below it the dotted form does. */
    private static String lines(Place place, String scalar, int indent) {
        return place.emptySection
                ? " ".repeat(indent) + place.rest + ": " + scalar + "\n"
                : block(place.rest, scalar, indent);
    }

    private static String block(String key, String scalar, int indent) {
        StringBuilder lines = new StringBuilder();
        String[] words = key.split("\\.");
        for (int i = 0; i < words.length; i++) {
            lines.append(" ".repeat(indent + 2 * i)).append(words[i]).append(':');
            lines.append(i == words.length - 1 ? " " + scalar : "").append('\n');
        }
        return lines.toString();
    }

    /** Where a key is, or how near one gets to it. */
    private static final class Place {
        final List<MappingNode> sections = new ArrayList<>();
        final List<NodeTuple> tuples = new ArrayList<>();
        String rest = "";
        boolean emptySection;

        @Nullable
        Node value;
    }

    private Place locate(String key) {
        Place place = new Place();
        place.rest = key;
        if (ConfigFile.syntaxTree(text) instanceof MappingNode root) {
            descend(root, key, place);
        }
        return place;
    }

    private static void descend(MappingNode section, String key, Place place) {
        place.sections.add(section);
        place.rest = key;
        for (NodeTuple tuple : section.getValue()) {
            String name = ((ScalarNode) tuple.getKeyNode()).getValue();
            if (name.equals(key)) {
                place.tuples.add(tuple);
                place.value = tuple.getValueNode();
                return;
            }
            if (key.startsWith(name + ".") && ConfigFile.isNothing(tuple.getValueNode())) {
                place.emptySection = true;
            }
            if (key.startsWith(name + ".") && tuple.getValueNode() instanceof MappingNode below) {
                place.tuples.add(tuple);
                descend(below, key.substring(name.length() + 1), place);
                return;
            }
        }
    }

    private String checked(String edited, String key, @Nullable String value) {
        ConfigFile result = ConfigFile.parse(file.path(), edited);
        Map<String, String> expected = texts(file);
        expected.remove(key);
        if (value != null) {
            expected.put(key, value);
        }
        if (!result.problems().isEmpty() || !texts(result).equals(expected)) {
            ConfigFile.Entry entry = file.entries().get(key);
            String where = file.path() + (entry == null ? "" : " line " + entry.line());
            throw new ConfigException(new Problem(
                    where,
                    key,
                    "cannot be changed without touching more of the file; edit it by hand. Nothing changed"));
        }
        return edited;
    }

    private static Map<String, String> texts(ConfigFile file) {
        Map<String, String> texts = new HashMap<>();
        file.entries().forEach((key, entry) -> texts.put(key, entry.text()));
        return texts;
    }

    private static String scalar(String value) {
        if (PLAIN.matcher(value).matches() && !NEEDS_QUOTES.matcher(value).matches()
                || value.equals("true")
                || value.equals("false")) {
            return value;
        }
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format("\\x%02x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    /** The mark counts code points, the text UTF-16 units. */
    private int index(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private int lastEnd(NodeTuple tuple) {
        Node value = tuple.getValueNode();
        while (value instanceof MappingNode m
                && m.getFlowStyle() == FlowStyle.BLOCK
                && !m.getValue().isEmpty()) {
            value = m.getValue().get(m.getValue().size() - 1).getValueNode();
        }
        return index(value.getEndMark());
    }

    private int lineStart(int index) {
        return text.lastIndexOf('\n', index - 1) + 1;
    }

    /** The start of the line after the one that ends a value; a block scalar ends at the start of a line already. */
    private int afterLine(int index) {
        if (index > 0 && text.charAt(index - 1) == '\n') {
            return index;
        }
        int end = text.indexOf('\n', index);
        return end < 0 ? text.length() : end + 1;
    }
}
