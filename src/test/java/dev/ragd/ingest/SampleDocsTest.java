package dev.ragd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.ingest.FileWalk.Candidate;
import dev.ragd.samples.SampleDocs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleDocsTest {

    private static final Path FOLDER = Path.of("sample-docs");
    private static final long CREATED = Instant.parse("2026-10-01T12:00:00Z").toEpochMilli();

    private final ForkedTikaParser parser = new ForkedTikaParser(ParserSettings.DEFAULT);

    @AfterAll
    void close() {
        parser.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            how-vector-search-works.md     | text/markdown     | How vector search works                  | pulled such pairs towards each other
            three-two-one-backups.txt      | text/plain        | The three-two-one rule                   | where you keep your passport
            restore-drill.rst              | text/x-rst        | A recipe for a restore drill             | Pretend that the computer is gone
            cron-primer.html               | text/html         | A short cron primer                      | A percent sign ends the command
            minutes-archive-committee.eml  | message/rfc822    | Minutes: where do our files live in ten years? | yellow
            find_duplicates.py             | text/x-python     |                                          | Only files that share their length
            TokenBucket.java               | text/x-java-source|                                          | how many tokens have dripped in
            storage-media.csv              | text/csv          |                                          | keys and wills
            reading-notes.org              | text/org          | Reading notes: on keeping things         | Bit rot is slow and silent
            house-rules.json               | application/json  |                                          | Regret has a weekend
            history-of-catalogues.pdf      | application/pdf   | A short history of the library catalogue | Henriette Avram
            moving-checklist.docx          | application/vnd.openxmlformats-officedocument.wordprocessingml.document | Moving to another store: a checklist | Leave the old store readable.
            letter-to-the-heirs.odt        | application/vnd.oasis.opendocument.text | A letter to whoever inherits this archive | writing the date on the back of things
            local-first-handbook.epub      | application/epub+zip | The local-first handbook              | An index is derived data
            """)
    void parses(String file, String mediaType, String title, String phrase) throws Exception {
        ParsedDocument d = parser.parse(FOLDER.resolve(file));
        assertThat(d.text().replaceAll("\\s+", " ")).contains(phrase);
        assertThat(d.text()).doesNotContain("never be found by a search");
        assertThat(d.properties()).containsEntry("media_type", mediaType);
        if (title == null) {
            assertThat(d.properties()).doesNotContainKey("title");
        } else {
            assertThat(d.properties()).containsEntry("title", title);
        }
        List<TextChunk> chunks = new Chunker(new WordTokenizer(6), ChunkSettings.DEFAULT).chunk(d.text());
        assertThat(chunks).isNotEmpty().allMatch(c -> c.tokens() <= 200);
    }

    @Test
    void carriesTypedProperties() throws Exception {
        Map<String, Object> pdf =
                parser.parse(FOLDER.resolve("history-of-catalogues.pdf")).properties();
        assertThat(pdf).containsEntry("author", "The ragd project").containsEntry("created", CREATED);
        assertThat((Long) pdf.get("pages")).isGreaterThan(1);
        assertThat(parser.parse(FOLDER.resolve("moving-checklist.docx")).properties())
                .containsEntry("author", "The ragd project")
                .containsEntry("created", CREATED);
        assertThat(parser.parse(FOLDER.resolve("letter-to-the-heirs.odt")).properties())
                .containsEntry("created", CREATED + 123)
                .containsEntry("modified", CREATED + 123);
        assertThat(parser.parse(FOLDER.resolve("local-first-handbook.epub")).properties())
                .containsEntry("language", "en");
        assertThat(parser.parse(FOLDER.resolve("how-vector-search-works.md")).properties())
                .containsEntry("author", "The ragd project")
                .containsEntry("created", Instant.parse("2026-10-04T00:00:00Z").toEpochMilli());
    }

    @Test
    void headingsOfOfficeDocumentsStartSections() throws Exception {
        assertThat(parser.parse(FOLDER.resolve("letter-to-the-heirs.odt")).text())
                .contains("\n\n\nWhat to keep\n");
        assertThat(parser.parse(FOLDER.resolve("local-first-handbook.epub")).text())
                .contains("\n\n\nWhat an index is\n");
    }

    @Test
    void theBrokenOneIsRefused() {
        Path broken = FOLDER.resolve("broken.docx");
        assertThatThrownBy(() -> parser.parse(broken))
                .isInstanceOfSatisfying(
                        ParseException.class, e -> assertThat(e.reason()).isEqualTo(ParseException.Reason.CORRUPT))
                .hasMessageStartingWith(broken + " is damaged and cannot be read");
    }

    /** Equal in content: the compressed bytes depend on the machine's zlib. */
    @Test
    void theBinaryOnesAreWhatTheirGeneratorMakes(@TempDir Path folder) throws Exception {
        SampleDocs.main(new String[] {folder.toString()});
        for (String file : SampleDocs.all().keySet()) {
            if (file.startsWith("broken")) {
                assertThat(Files.size(folder.resolve(file))).isBetween(1000L, 2000L);
            } else {
                assertThat(parser.parse(folder.resolve(file))).as(file).isEqualTo(parser.parse(FOLDER.resolve(file)));
            }
        }
    }

    @Test
    void everySampleIsFound() throws Exception {
        assertThat(new FileWalk(List.of(FOLDER), List.of(), List.of()).stream())
                .hasSize(15)
                .allMatch(Candidate.class::isInstance);
    }
}
