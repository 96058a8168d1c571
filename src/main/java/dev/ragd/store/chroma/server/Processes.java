package dev.ragd.store.chroma.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the system says about processes beyond {@link ProcessHandle}. */
final class Processes {

    private Processes() {}

    /** True while it runs; a dead process whose parent has not asked for its exit code is not running. */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false; // not Linux, or gone meanwhile
        }
    }

    /** What works in a data folder: servers, and what makes their database smaller; whoever started them. */
    static List<ProcessHandle> workingIn(Path data) {
        return ProcessHandle.allProcesses()
                .filter(h -> {
                    List<String> arguments = Arrays.asList(h.info().arguments().orElse(new String[0]));
                    int path = arguments.indexOf("--path");
                    return path >= 0
                            && (arguments.contains("run") || arguments.contains("vacuum"))
                            && path + 1 < arguments.size()
                            && arguments.get(path + 1).equals(data.toString())
                            && isRunning(h);
                })
                .toList();
    }

    /** True when a variable of this value was in its environment when it started; false when that cannot be known. */
    static boolean hasVariable(ProcessHandle process, String name, String value) {
        try {
            Path environment = Path.of("/proc", String.valueOf(process.pid()), "environ");
            String all = Files.readString(environment, StandardCharsets.UTF_8);
            return Arrays.asList(all.split("\0")).contains(name + "=" + value);
        } catch (IOException e) {
            return false;
        }
    }
}
