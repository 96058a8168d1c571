package dev.ragd.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What libraries log. Commands speak for themselves, so it is silent unless {@code --verbose} is given, and then on
 * standard error; and unless a {@link StructuredLog} is wanted. In code rather than in a file: reading a file of settings costs
 * every command a tenth of a second.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    /** The system property that {@code --verbose} sets before anything logs. */
    public static final String VERBOSE = "ragd.verbose";

    /** The system property that a {@link StructuredLog} sets before anything logs. */
    static final String STRUCTURED = "ragd.log.structured";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        boolean verbose = Boolean.getBoolean(VERBOSE);
        root.setLevel(verbose ? Level.INFO : Level.OFF);
        if (verbose) {
            root.addAppender(console(context));
        }
        if (Boolean.getBoolean(STRUCTURED)) {
            root.addAppender(StructuredLog.appender(context));
            root.setLevel(verbose ? Level.INFO : Level.WARN);
            context.getLogger("dev.ragd").setLevel(Level.INFO);
            context.getLogger("org.springframework.batch").setLevel(Level.INFO);
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
