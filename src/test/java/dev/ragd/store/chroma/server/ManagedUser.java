package dev.ragd.store.chroma.server;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that uses the managed server of a home: prints its process id and address, and leaves when told to. */
final class ManagedUser {

    private ManagedUser() {}

    public static void main(String[] args) throws Exception {
        ManagedSettings settings = ManagedSettings.in(Path.of(args[0])).withProgram(Path.of(args[1]));
        try (ManagedChroma chroma = ManagedChroma.open(settings, System.err::println)) {
            System.out.println("using " + chroma.pid() + " " + chroma.url());
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
        System.out.println("left");
    }
}
