package dev.ragd.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The log of jobs for programs: Spring Boot's structured logging, into a file and one before it. Only jobs may reach this class:
 * other commands have no Spring on their class path.
 */
final class StructuredLog {

    private static final String FORMAT = "ragd.log.format";
    private static final String FILE = "ragd.log.file";
    private static final String RUN = "ragd.log.run";
    private static final String JOB = "ragd.log.job";

    private static final String MOST = "10MB";

    private StructuredLog() {}

    /**
     * Asks for it; before anything logs in this process.
     *
     * @param format as Spring Boot calls it: {@code ecs}, {@code gelf}, {@code logstash}
     * @param run the run's number, which is in every line
     */
    static void begin(String format, Path file, long run, String job) {
        System.setProperty(FORMAT, format);
        System.setProperty(FILE, file.toString());
        System.setProperty(RUN, String.valueOf(run));
        System.setProperty(JOB, job);
        System.setProperty(Logging.STRUCTURED, "true");
        // What Spring says while its encoder is made is said again by SLF4J, with three lines about that.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.setProperty("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider");
    }

    /** What was asked for. */
    static Appender<ILoggingEvent> appender(LoggerContext context) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "ragd",
                        Map.of(
                                "logging.structured.json.add.run",
                                System.getProperty(RUN, ""),
                                "logging.structured.json.add.job",
                                System.getProperty(JOB, ""),
                                "logging.structured.ecs.service.name",
                                "ragd",
                                "logging.structured.gelf.host",
                                "ragd")));
        context.putObject(Environment.class.getName(), environment);
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(System.getProperty(FORMAT, ""));
        encoder.start();
        String name = System.getProperty(FILE, "");
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(name);
        appender.setEncoder(encoder);
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(name + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(1);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(MOST));
        size.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }
}
