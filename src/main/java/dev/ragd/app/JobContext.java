package dev.ragd.app;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
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

/** The Spring context that a job runs in: the batch infrastructure on the home's database, and the one job. */
final class JobContext {

    private JobContext() {}

    /**
     * Starts a context.
     *
     * @param job the configuration of the job
     * @param parts registers the beans that the job needs from outside
     */
    static ConfigurableApplicationContext start(
            Path jobsFolder, Class<?> job, ApplicationContextInitializer<GenericApplicationContext> parts) {
        SpringApplication application = new SpringApplication(BatchContext.class, job);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        // A signal stops the job at its next commit; Spring's own hook would pull the database away under it.
        application.setRegisterShutdownHook(false);
        application.setAddCommandLineProperties(false);
        application.setEnvironment(new OwnEnvironment(Map.ofEntries(
                Map.entry("spring.datasource.url", JobDatabase.url(jobsFolder)),
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
    static RuntimeException explained(NestedRuntimeException e, Path jobsFolder) {
        return e.contains(SQLException.class)
                ? new JobException(
                        ExitCode.FAILED,
                        "the job repository in " + jobsFolder + " cannot be used: "
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
