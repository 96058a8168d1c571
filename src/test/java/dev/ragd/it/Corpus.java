package dev.ragd.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A folder of text files that look like prose, the same for the same seed. */
final class Corpus {

    private static final List<String> WORDS = List.of(
            ("harbour lantern archive ledger window orchard copper river bridge letter museum garden silver engine"
                            + " weather island market carpet violin station mirror forest kitchen compass blanket"
                            + " quarry ladder winter summer evening morning careful quiet ancient narrow broken golden"
                            + " keeps finds moves brings follows carries repairs counts measures remembers forgets")
                    .split(" "));

    private final Path folder;
    private final Random random;

    Corpus(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed);
    }

    Path folder() {
        return folder;
    }

    /** Writes so many files of 1 to {@code sentences} sentences, some as HTML, which needs the parser process. */
    Corpus write(int files, int sentences) throws IOException {
        for (int i = 0; i < files; i++) {
            String text = prose(1 + random.nextInt(sentences));
            String name = "part" + i % 7 + "/file" + i;
            if (i % 25 == 0) {
                put(
                        name + ".html",
                        "<html><head><title>File " + i + "</title></head><body><p>" + text + "</p></body></html>");
            } else {
                put(name + (i % 3 == 0 ? ".md" : ".txt"), text);
            }
        }
        return this;
    }

    /** Edits, renames, deletes and adds some files. */
    void change() throws IOException {
        List<Path> files = files();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            switch (i % 9) {
                case 1 -> Files.writeString(file, Files.readString(file) + "\n\n" + prose(4));
                case 3 -> Files.writeString(file, prose(3) + "\n\n" + Files.readString(file));
                case 5 -> Files.move(file, file.resolveSibling("renamed-" + file.getFileName()));
                case 7 -> {
                    if (i % 2 == 0) {
                        Files.delete(file);
                    } else {
                        Files.writeString(file, prose(10));
                    }
                }
                default -> {}
            }
        }
        put("new/one.txt", prose(20));
        put("new/two.md", prose(30));
    }

    List<Path> files() throws IOException {
        try (var all = Files.walk(folder)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
        }
    }

    private void put(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String prose(int sentences) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            int words = 6 + random.nextInt(12);
            StringBuilder sentence = new StringBuilder();
            for (int w = 0; w < words; w++) {
                sentence.append(w == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
            }
            sentence.setCharAt(0, Character.toUpperCase(sentence.charAt(0)));
            text.append(sentence).append(i % 6 == 5 ? ".\n\n" : ". ");
        }
        return text.toString();
    }
}
