package dev.ragd.jobs.repair;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A list of findings: a line each of kind, id, path and detail, with tabs between them. One thread. */
final class FindingsFile implements Consumer<AuditFinding>, AutoCloseable {

    private final Path file;
    private final BufferedWriter writer;

    /** Begins it, in the place of what was there. */
    FindingsFile(Path file) {
        this.file = file;
        try {
            writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
            writer.write("kind\tid\tpath\tdetail\n");
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void accept(AuditFinding finding) {
        try {
            writer.write(finding.kind().label() + "\t" + cell(finding.id()) + "\t"
                    + (finding.path() == null ? "" : cell(finding.path())) + "\t" + cell(finding.detail()) + "\n");
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static String cell(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    private JobException failure(IOException e) {
        return new JobException(
                ExitCode.FAILED,
                "the list of findings, " + file + ", cannot be written: " + e
                        + "; name a file in a folder that exists and can be written to",
                e);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
