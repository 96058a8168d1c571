package dev.ragd.ingest;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.imageio.ImageIO;

/**
 * The program that runs in a parser process: reads requests from standard input, answers on standard output, ends when
 * the input ends, whatever it is doing then. So it never outlives the process that started it.
 */
public final class ParserProcess {

    /** Exit status after {@link OutOfMemoryError}; the virtual machine's own choice for ExitOnOutOfMemoryError. */
    static final int OUT_OF_MEMORY = 3;

    private static final Set<String> REMOTE = Set.of("http", "https", "ftp", "mailto");

    private ParserProcess() {}

    /**
     * Serves until standard input ends.
     *
     * @param args the character limit; the process's own folder for temporary files, which is deleted in the end
     */
    public static void main(String[] args) throws IOException {
        startNoPrograms();
        int maxCharacters = Integer.parseInt(args[0]);
        Path folder = Path.of(args[1]);
        InputStream input = new FileInputStream(FileDescriptor.in);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        // Standard output belongs to the answers; whatever a library prints goes to standard error.
        System.setOut(System.err);
        URL.setURLStreamHandlerFactory(protocol -> REMOTE.contains(protocol) ? new Refusal() : null);
        ImageIO.setUseCache(false);

        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        Thread worker = new Thread(null, () -> work(requests, out, maxCharacters), "parser", 8L << 20);
        worker.setDaemon(true);
        worker.start();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(input))) {
            while (true) {
                requests.add(ParserWire.readString(in, 1 << 20));
            }
        } catch (EOFException e) {
            // The end of our work, or of the process that we work for.
        } finally {
            ParserChild.deleteFolder(folder);
            Runtime.getRuntime().halt(0);
        }
    }

    /**
     * No program can be started: "NONE" is no name of a way to do it. Java reads the name once, newer ones (25 does, 17 does
     * not) as soon as the environment is read, and then an unknown name would fail that: so the environment comes first. On
     * those, only PATH stands in the way of programs, see {@link ParserChild}.
     */
    private static void startNoPrograms() {
        System.getenv();
        System.setProperty("jdk.lang.Process.launchMechanism", "NONE");
    }

    private static void work(BlockingQueue<String> requests, DataOutputStream out, int maxCharacters) {
        try {
            TikaExtraction extraction = new TikaExtraction(maxCharacters);
            out.writeInt(ParserWire.READY);
            out.flush();
            while (true) {
                Path file = Path.of(URI.create(requests.take()));
                ParserWire.write(out, answer(extraction, file));
            }
        } catch (OutOfMemoryError e) {
            // Thrown by hand in some library; real ones end the process before they get here.
            Runtime.getRuntime().halt(OUT_OF_MEMORY);
        } catch (Throwable e) { // NOPMD: whatever it is, it must be seen and must not leave a process that is deaf
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static ParserWire.Answer answer(TikaExtraction extraction, Path file) {
        try {
            return new ParserWire.Document(extraction.extract(file));
        } catch (ParseException e) {
            StringWriter trace = new StringWriter();
            if (e.getCause() != null) {
                e.getCause().printStackTrace(new PrintWriter(trace));
            }
            String detail = trace.toString();
            return new ParserWire.Failure(
                    e.reason(), String.valueOf(e.getMessage()), detail.substring(0, Math.min(detail.length(), 20_000)));
        }
    }

    /** Documents that point to other places on the net stay unanswered. */
    private static final class Refusal extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            throw new IOException("parsers use no network: " + url);
        }
    }
}
