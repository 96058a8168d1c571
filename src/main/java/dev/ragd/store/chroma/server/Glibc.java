package dev.ragd.store.chroma.server;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of the machine's GNU C library. */
final class Glibc {

    private static final Pattern VERSION = Pattern.compile("glibc (\\d+\\.\\d+)");

    private Glibc() {}

    /** For example "2.36"; null on machines without it. */
    static @Nullable String version() {
        Command.Result result = Command.run(List.of("getconf", "GNU_LIBC_VERSION"), null, Duration.ofSeconds(10));
        Matcher m = VERSION.matcher(result.output());
        return result.succeeded() && m.find() ? m.group(1) : null;
    }
}
