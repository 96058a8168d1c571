package dev.ragd.app;

import dev.ragd.config.ConfigException;
import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.JobFiles;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StepOrder;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.runs.Command;
import dev.ragd.jobs.runs.Subject;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.NestedRuntimeException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/**
 * How a job runs on a home: as the owner of its job repository, in a Spring context of its own with the batch infrastructure
 * on the home's database and the one job, and with the database's errors explained. Immutable.
 *
 * @param home whose job repository it is
 * @param stop asks the job to stop
 * @param history how many runs are remembered
 * @param command what the process was asked to do
 * @param monitoring how runs are watched from outside
 */
record JobContext(Home home, StopSignal stop, History history, Command command, Monitoring monitoring) {

    /** Watched by nobody. */
    JobContext(Home home, StopSignal stop, History history, Command command) {
        this(home, stop, history, command, Monitoring.none(home));
    }

    /**
     * Does something as the owner of the home: opens what a job works with, and launches it. What it does is noted.
     *
     * @param subject what the job is about
     * @param work is given who notes it, and hears of its progress
     * @throws JobException with {@link ExitCode#BUSY} when another process owns the home
     */
    <T extends JobReport> T owned(Subject subject, Progress progress, Function<RunWatch, T> work) {
        try (OwnerLock owner = OwnerLock.take(home.jobs());
                RunWatch watch = RunWatch.begin(this, subject, progress)) {
            try {
                T report = work.apply(watch);
                watch.ended(report.exitCode(), null, report);
                return report;
            } catch (NestedRuntimeException e) {
                RuntimeException explained = explained(e);
                watch.ended(exitCode(explained), explained.getMessage(), null);
                throw explained;
            } catch (RuntimeException | Error e) {
                watch.ended(exitCode(e), String.valueOf(e.getMessage()), null);
                throw e;
            }
        }
    }

    /** What the process will end with. */
    private static ExitCode exitCode(Throwable thrown) {
        return thrown instanceof ConfigException ? ExitCode.USAGE : ExitCode.of(thrown);
    }

    /**
     * Runs a job; the caller owns the home.
     *
     * @param watch notes its steps
     * @param job its configuration, which makes a bean that launches it
     * @param run the bean that the job's steps work with; the caller closes it
     * @param more registers other beans that the job needs from outside
     * @param launch asks the launcher
     */
    <R, L, T> T launch(
            RunWatch watch,
            Class<?> job,
            Class<R> runType,
            R run,
            ApplicationContextInitializer<GenericApplicationContext> more,
            Class<L> launcher,
            Function<L, T> launch) {
        ApplicationContextInitializer<GenericApplicationContext> parts = beans -> {
            beans.registerBean(runType, () -> run, bean -> bean.setDestroyMethodName(""));
            beans.registerBean(StopSignal.class, () -> stop);
            beans.registerBean(History.class, () -> history);
            watch.register(beans);
            more.initialize(beans);
        };
        try (ConfigurableApplicationContext context = start(job, parts)) {
            DataSource database = context.getBean(DataSource.class);
            StepOrder.keep(database);
            context.getBean(AbstractJob.class).registerJobExecutionListener(watch.recorder());
            T report = launch.apply(context.getBean(launcher));
            JobDatabase.reclaim(database);
            return report;
        }
    }

    private ConfigurableApplicationContext start(
            Class<?> job, ApplicationContextInitializer<GenericApplicationContext> parts) {
        HomeFormat.CURRENT.mark(home);
        JobFiles.prepare(home.jobs());
        SpringApplication application = new SpringApplication(BatchContext.class, job);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        // A signal stops the job at its next commit; Spring's own hook would pull the database away under it.
        application.setRegisterShutdownHook(false);
        application.setAddCommandLineProperties(false);
        application.setEnvironment(new OwnEnvironment(Map.ofEntries(
                Map.entry("spring.datasource.url", JobDatabase.url(home.jobs())),
                Map.entry("spring.datasource.driver-class-name", "org.hsqldb.jdbc.JDBCDriver"),
                Map.entry("spring.datasource.username", "SA"),
                Map.entry("spring.datasource.hikari.maximum-pool-size", 4),
                Map.entry("spring.datasource.hikari.minimum-idle", 1),
                Map.entry("spring.batch.jdbc.initialize-schema", "always"),
                Map.entry("spring.batch.job.enabled", false),
                Map.entry("spring.config.location", "optional:classpath:/none/"))));
        application.addInitializers(parts);
        return application.run();
    }

    /** What Spring throws because of the database is no defect: its disk is full, or not to be written to. */
    private RuntimeException explained(NestedRuntimeException e) {
        return e.contains(SQLException.class)
                ? new JobException(
                        ExitCode.FAILED,
                        "the job repository in " + home.jobs() + " cannot be used: "
                                // The database puts what the system said at the end of what its classes are called.
                                + String.valueOf(e.getMostSpecificCause().getMessage())
                                        .replaceFirst("(?s).*Exception: ", "")
                                + "; check that the folder can be written to and its disk is not full, then run the same"
                                + " command again: what was done is saved",
                        e)
                : e;
    }

    /**
     * These properties and no others: a variable or a file meant for another Spring program on this machine must not move
     * the job repository into somebody's database.
     */
    private static final class OwnEnvironment extends StandardEnvironment {
        OwnEnvironment(Map<String, Object> properties) {
            super(sources(properties));
        }

        private static MutablePropertySources sources(Map<String, Object> properties) {
            MutablePropertySources sources = new MutablePropertySources();
            sources.addFirst(new MapPropertySource("ragd", properties));
            return sources;
        }

        @Override
        protected void customizePropertySources(MutablePropertySources propertySources) {
            // Neither system properties nor the environment.
        }
    }

    /** The batch infrastructure. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class BatchContext {}
}
