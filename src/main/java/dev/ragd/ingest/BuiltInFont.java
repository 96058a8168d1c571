package dev.ragd.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.fontbox.FontBoxFont;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.font.CIDFontMapping;
import org.apache.pdfbox.pdmodel.font.FontMapper;
import org.apache.pdfbox.pdmodel.font.FontMapping;
import org.apache.pdfbox.pdmodel.font.PDCIDSystemInfo;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives the one font inside PDFBox for every font that a PDF does not embed. Text extraction needs widths, not shapes;
 * PDFBox's own search reads all fonts of the machine, takes seconds in each new process, leaves a cache in the user's
 * home, and lets the spaces of a text depend on what is installed.
 */
final class BuiltInFont implements FontMapper {

    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    private @Nullable TrueTypeFont font;

    @Override
    public FontMapping<TrueTypeFont> getTrueTypeFont(String baseFont, PDFontDescriptor descriptor) {
        return new FontMapping<>(font(), true);
    }

    @Override
    public FontMapping<FontBoxFont> getFontBoxFont(String baseFont, PDFontDescriptor descriptor) {
        return new FontMapping<>(font(), true);
    }

    @Override
    @SuppressWarnings("NullAway") // PDFBox takes null for "no OpenType font"; its package is not annotated
    public CIDFontMapping getCIDFont(String baseFont, PDFontDescriptor descriptor, PDCIDSystemInfo systemInfo) {
        return new CIDFontMapping(null, font(), true);
    }

    private synchronized TrueTypeFont font() {
        TrueTypeFont result = font;
        if (result == null) {
            try (InputStream in = FontMapper.class.getResourceAsStream(FONT)) {
                if (in == null) {
                    throw new IOException("PDFBox has no " + FONT);
                }
                result = new TTFParser().parse(new RandomAccessReadBuffer(in));
                font = result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return result;
    }
}
