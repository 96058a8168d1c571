package dev.ragd.launcher;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** Stands in for ragd: tells how it was called. */
public final class Echo {

    private Echo() {}

    public static void main(String[] args) throws InterruptedException {
        if (Boolean.getBoolean("ragd.train")) {
            return;
        }
        System.out.println("arguments " + String.join("|", args));
        System.out.println("options "
                + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        System.out.println(
                "program " + Path.of(System.getProperty("java.class.path")).getFileName());
        System.out.println("launcher " + System.getProperty("ragd.launcher"));
        System.out.println("pid " + ProcessHandle.current().pid());
        System.out.println("names " + System.getProperty("sun.jnu.encoding"));
        if (args.length > 0 && args[0].equals("sleep")) {
            Thread.sleep(60_000);
        }
    }
}
