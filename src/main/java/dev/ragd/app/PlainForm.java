package dev.ragd.app;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Spring Batch's own way to start a job: {@code --spring.batch.job.name=index path=sample-docs collection=notes}. Each job
 * parameter becomes the option of the same name of the command, so both forms are one and the same job.
 */
public final class PlainForm {

    private static final String JOB_NAME = "--spring.batch.job.name=";
    /** What Spring Batch allows after a value: its type and whether it identifies the run. */
    private static final Pattern TYPE = Pattern.compile(",java\\.[a-zA-Z.]+(,(true|false))?$");

    private PlainForm() {}

    /** True when the command line names a job in this form. */
    public static boolean matches(String... args) {
        return Arrays.stream(args).anyMatch(arg -> arg.startsWith(JOB_NAME));
    }

    /** The command line of the command that runs the job. */
    public static String[] toCommand(String... args) {
        List<String> options = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        String job = "";
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (arg.startsWith(JOB_NAME)) {
                job = arg.substring(JOB_NAME.length());
            } else if (arg.startsWith("-") || equals <= 0) {
                options.add(arg);
            } else {
                parameter(
                        arg.substring(0, equals),
                        TYPE.matcher(arg.substring(equals + 1)).replaceFirst(""),
                        options,
                        paths);
            }
        }
        List<String> command = new ArrayList<>();
        command.add(job);
        command.addAll(options);
        if (!paths.isEmpty()) {
            command.add("--");
            command.addAll(paths);
        }
        return command.toArray(new String[0]);
    }

    private static void parameter(String name, String value, List<String> options, List<String> paths) {
        if (name.equals("path")) {
            paths.add(value);
        } else if (value.equals("true")) {
            options.add("--" + name);
        } else if (!value.equals("false")) {
            options.add("--" + name + "=" + value);
        }
    }
}
