package dev.ragd.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns, two blanks between them; what is too wide is cut in the last column. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private int right = -1;

    Table(String... header) {
        rows.add(List.of(header));
    }

    /** Puts the numbers of one column (from 0) to the right. */
    Table alignRight(int column) {
        right = column;
        return this;
    }

    Table row(String... cells) {
        List<String> plain = new ArrayList<>();
        for (String cell : cells) {
            plain.add(PlainText.of(cell));
        }
        rows.add(plain);
        return this;
    }

    /** @param columns width of the terminal; 0 for as wide as it takes */
    List<String> lines(int columns) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - width(row.get(i)));
                line.append(i == right ? pad + row.get(i) : row.get(i) + pad).append("  ");
            }
            String text = line.toString().stripTrailing();
            lines.add(columns == 0 ? text : PlainText.cut(text, columns));
        }
        return lines;
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
