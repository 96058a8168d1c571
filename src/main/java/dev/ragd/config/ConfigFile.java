package dev.ragd.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * {@code config.yml} as it is: keys nested ({@code storage: {backend: ...}}) or dotted ({@code storage.backend: ...}), or
 * both mixed. Only the syntax tree is used; no object is built from the file, so nothing in it is executed.
 *
 * @param path where it is, or would be
 * @param text its content; empty when there is no file
 * @param entries the values by full key, in order; an empty value counts as not set
 * @param problems what is wrong with the file as such
 */
public record ConfigFile(Path path, String text, Map<String, Entry> entries, List<Problem> problems) {

    /**
     * A value.
     *
     * @param text as {@link Setting#parse} reads it
     * @param line counts from 1
     */
    public record Entry(String text, int line) {}

    public ConfigFile {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        problems = List.copyOf(problems);
    }

    /** Reads the file; one that does not exist is empty, one that cannot be read is a problem. */
    public static ConfigFile read(Path path) {
        try {
            return parse(path, Files.readString(path));
        } catch (NoSuchFileException e) {
            return new ConfigFile(path, "", Map.of(), List.of());
        } catch (CharacterCodingException e) {
            return broken(path, "is not UTF-8 text");
        } catch (IOException e) {
            return broken(path, "cannot be read: " + e);
        }
    }

    /** Reads the text of a file. */
    public static ConfigFile parse(Path path, String text) {
        try {
            Node root = syntaxTree(text);
            Reading reading = new Reading(path);
            if (root instanceof MappingNode mapping) {
                reading.section("", mapping);
            } else if (root != null && !isNothing(root)) {
                reading.problem(root, "", "expected 'key: value' lines");
            }
            return new ConfigFile(path, text, reading.entries, reading.problems);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            return new ConfigFile(
                    path,
                    text,
                    Map.of(),
                    List.of(new Problem(path + " line " + line, "", "is not YAML: " + e.getProblem())));
        } catch (YAMLException e) {
            return new ConfigFile(
                    path, text, Map.of(), List.of(new Problem(path.toString(), "", "is not YAML: " + e.getMessage())));
        }
    }

    static @Nullable Node syntaxTree(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(10);
        return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    }

    static boolean isNothing(Node node) {
        return node instanceof ScalarNode scalar
                && (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty());
    }

    private static ConfigFile broken(Path path, String message) {
        return new ConfigFile(path, "", Map.of(), List.of(new Problem(path.toString(), "", message)));
    }

    private static final class Reading {
        private final Path path;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final List<Problem> problems = new ArrayList<>();

        Reading(Path path) {
            this.path = path;
        }

        void section(String prefix, MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name) {
                    value(prefix + name.getValue(), tuple.getKeyNode(), tuple.getValueNode());
                } else {
                    problem(tuple.getKeyNode(), prefix, "expected a word before the colon");
                }
            }
        }

        private void value(String key, Node keyNode, Node value) {
            if (isNothing(value)) {
                return;
            }
            boolean headers = Catalogue.find(key)
                    .filter(s -> s.type().name().equals("headers"))
                    .isPresent();
            if (value instanceof MappingNode mapping && headers) {
                add(key, keyNode, headers(mapping));
            } else if (value instanceof MappingNode mapping) {
                section(key + ".", mapping);
            } else if (value instanceof ScalarNode scalar) {
                add(key, keyNode, scalar.getValue());
            } else {
                String expected = Catalogue.find(key)
                        .<String>map(s -> s.type().expected())
                        .orElse("a single value");
                problem(keyNode, key, "expected " + expected + ", but it is a list");
            }
        }

        private void add(String key, Node keyNode, String text) {
            Entry before = entries.putIfAbsent(key, new Entry(text, line(keyNode)));
            if (before != null) {
                problem(keyNode, key, "is set a second time; line " + before.line() + " sets it already");
            }
        }

        private static String headers(MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(t -> scalar(t.getKeyNode()) + ": " + scalar(t.getValueNode()))
                    .collect(Collectors.joining("\n"));
        }

        private static String scalar(Node node) {
            return node instanceof ScalarNode s ? s.getValue() : "";
        }

        private static int line(Node node) {
            return node.getStartMark().getLine() + 1;
        }

        void problem(Node node, String key, String message) {
            problems.add(new Problem(path + " line " + line(node), key, message));
        }
    }
}
