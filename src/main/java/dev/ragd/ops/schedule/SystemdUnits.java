package dev.ragd.ops.schedule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A service and the timer that starts it, for {@code /etc/systemd/system}. The service may write into the home of ragd, into
 * what else is named, and nowhere else; it has no privileges and cannot get any.
 *
 * @param name of both files, without their endings
 * @param user who it runs as
 * @param writable what it writes to besides the home; absolute
 */
public record SystemdUnits(
        String name, String user, CronExpression when, ScheduledCommand command, List<Path> writable) {

    private static final String SERVICE = """
            # %1$s
            # Made by: ragd schedule --systemd
            [Unit]
            Description=%1$s
            Documentation=man:systemd.exec(5)
            After=network.target

            [Service]
            Type=oneshot
            User=%2$s
            WorkingDirectory=%3$s
            %4$s
            ExecStart=%5$s

            # 75: another run is still working; 143: stopped. 3, something was quarantined, shows as failed: it needs a person.
            # Add 3 when it does not.
            SuccessExitStatus=75 143
            # Only ragd hears of a stop, not the servers that it needs until its next commit.
            KillMode=mixed
            TimeoutStopSec=5min

            Nice=10
            IOSchedulingClass=idle
            MemoryMax=2G
            TasksMax=512

            UMask=0077
            NoNewPrivileges=yes
            CapabilityBoundingSet=
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectSystem=strict
            %6$s
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native
            # Java compiles as it runs: MemoryDenyWriteExecute would end it.
            """;

    private static final String TIMER = """
            # Starts %1$s.service at: %2$s
            # Made by: ragd schedule --systemd
            [Unit]
            Description=%3$s, by the clock

            [Timer]
            %4$s
            # A time that passed while the machine was off is made up for.
            Persistent=true

            [Install]
            WantedBy=timers.target
            """;

    public SystemdUnits {
        writable = List.copyOf(writable);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")) {
            throw new IllegalArgumentException(
                    "the name '" + name + "' is none for a unit; expected letters, digits, - and _");
        }
        if (!user.matches("[A-Za-z_][A-Za-z0-9_.-]*\\$?")) {
            throw new IllegalArgumentException("'" + user + "' is no name of a user");
        }
    }

    /** The files: name to text. */
    public Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(name + ".service", service());
        files.put(name + ".timer", timer());
        return files;
    }

    private String service() {
        String environment = command.environment().entrySet().stream()
                .map(v -> "Environment=" + quoted(v.getKey() + "=" + v.getValue()))
                .collect(Collectors.joining("\n"));
        List<Path> paths = new ArrayList<>(List.of(command.home()));
        paths.addAll(writable);
        String written = paths.stream()
                .map(p -> "ReadWritePaths=" + quoted(p.toString()))
                .collect(Collectors.joining("\n"));
        return SERVICE.formatted(
                title(),
                user,
                percent(command.folder().toString()), // taken as it is: neither quotes nor escapes
                environment,
                "/bin/sh " + argument(command.wrapper().toString())
                        + command.words().stream().map(w -> " " + argument(w)).collect(Collectors.joining()),
                written);
    }

    private String timer() {
        return TIMER.formatted(
                name,
                when.text(),
                title(),
                when.calendarEvents().stream().map(e -> "OnCalendar=" + e).collect(Collectors.joining("\n")));
    }

    /** For people; a backslash at the end of a line would join the next one to it. */
    private String title() {
        return percent(command.title().replace('\\', '/'));
    }

    /** A word of a command line, where a dollar sign would name a variable. */
    private static String argument(String text) {
        return quoted(text.replace("$", "$$"));
    }

    private static String quoted(String text) {
        String plain = percent(text);
        return plain.matches("[\\p{L}\\p{N}_@%+=:,./$-]+")
                ? plain
                : '"' + plain.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String percent(String text) {
        return text.replace("%", "%%");
    }
}
