package dev.ragd.app;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexDryRun;
import dev.ragd.jobs.index.IndexJobConfiguration;
import dev.ragd.jobs.index.IndexLauncher;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexRun;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.index.IndexSettings;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.NestedRuntimeException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/** Runs the index job in a Spring context of its own, on the job repository of a home. */
final class SpringIndexService implements IndexService {

    private final Home home;
    private final IndexSettings settings;
    private final Generations generations;
    private final StopSignal stop;
    private final ResourcesFactory resources;

    /** Makes what a run works with; asked once a run. */
    @FunctionalInterface
    interface ResourcesFactory {
        IndexResources open(Progress progress);
    }

    SpringIndexService(
            Home home, IndexSettings settings, Generations generations, StopSignal stop, ResourcesFactory resources) {
        this.home = home;
        this.settings = settings;
        this.generations = generations;
        this.stop = stop;
        this.resources = resources;
    }

    @Override
    public IndexReport run(IndexRequest request, Progress progress) {
        try (OwnerLock owner = OwnerLock.take(home.jobs());
                IndexResources parts = resources.open(progress);
                IndexRun run = new IndexRun(request, settings, parts, progress);
                ConfigurableApplicationContext context = start(run)) {
            return context.getBean(IndexLauncher.class).launch();
        } catch (NestedRuntimeException e) {
            throw ofRepository(e);
        }
    }

    /** What Spring throws because of the database is no defect: its disk is full, or not to be written to. */
    private RuntimeException ofRepository(NestedRuntimeException e) {
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

    @Override
    public IndexReport dryRun(IndexRequest request, Progress progress) {
        try (IndexResources parts = resources.open(progress)) {
            return new IndexDryRun(home.jobs(), settings, parts, generations, stop).run(request, progress);
        }
    }

    private ConfigurableApplicationContext start(IndexRun run) {
        SpringApplication application = new SpringApplication(BatchContext.class);
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
        ApplicationContextInitializer<GenericApplicationContext> parts = context -> {
            context.registerBean(IndexRun.class, () -> run, definition -> definition.setDestroyMethodName(""));
            context.registerBean(Generations.class, () -> generations);
            context.registerBean(StopSignal.class, () -> stop);
        };
        application.addInitializers(parts);
        return application.run();
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

    /** The context of a job: the batch infrastructure on the home's database, and the jobs. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(IndexJobConfiguration.class)
    static class BatchContext {}
}
