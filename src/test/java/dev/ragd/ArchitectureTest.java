package dev.ragd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know. */
@AnalyzeClasses(packages = "dev.ragd", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesSeeOnlyWhatLiesBelowThem = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("dev.ragd")
            .layer("app")
            .definedBy("dev.ragd.app..")
            .layer("cli")
            .definedBy("dev.ragd.cli..")
            .layer("ops")
            .definedBy("dev.ragd.ops..")
            .layer("jobs")
            .definedBy("dev.ragd.jobs..")
            .layer("catalog")
            .definedBy("dev.ragd.catalog..")
            .layer("ingest")
            .definedBy("dev.ragd.ingest..")
            .layer("embed")
            .definedBy("dev.ragd.embed..")
            .layer("store")
            .definedBy("dev.ragd.store")
            .layer("chroma")
            .definedBy("dev.ragd.store.chroma..")
            .layer("faiss binding")
            .definedBy("dev.ragd.faiss..")
            .layer("documents")
            .definedBy("dev.ragd.store.documents..")
            .layer("lucene")
            .definedBy("dev.ragd.store.lucene..")
            .layer("faiss")
            .definedBy("dev.ragd.store.faiss..")
            .layer("leann")
            .definedBy("dev.ragd.store.leann..")
            .layer("snapshot")
            .definedBy("dev.ragd.store.snapshot..")
            .layer("chroma folder")
            .definedBy("dev.ragd.store.chromafolder..")
            .layer("faiss file")
            .definedBy("dev.ragd.store.faissfile..")
            .layer("ids")
            .definedBy("dev.ragd.store.ids..")
            .layer("config")
            .definedBy("dev.ragd.config..")
            .layer("files")
            .definedBy("dev.ragd.files..")
            .layer("html")
            .definedBy("dev.ragd.html..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("app")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("main", "app")
            .whereLayer("ops")
            .mayOnlyBeAccessedByLayers("cli", "app")
            .whereLayer("jobs")
            .mayOnlyBeAccessedByLayers("cli", "app", "main")
            .whereLayer("catalog")
            .mayOnlyBeAccessedByLayers("ops", "jobs", "app")
            .whereLayer("ingest")
            .mayOnlyBeAccessedByLayers("jobs", "app")
            .whereLayer("embed")
            .mayOnlyBeAccessedByLayers("catalog", "ops", "jobs", "cli", "app", "leann")
            .whereLayer("chroma")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("faiss binding")
            .mayOnlyBeAccessedByLayers("faiss", "leann", "app")
            .whereLayer("documents")
            .mayOnlyBeAccessedByLayers("lucene", "faiss", "leann")
            .whereLayer("lucene")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("faiss")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("leann")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("snapshot")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("chroma folder")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("faiss file")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("ids")
            .mayOnlyBeAccessedByLayers("snapshot", "chroma folder")
            .whereLayer("html")
            .mayOnlyBeAccessedByLayers("ops", "jobs")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("cli", "app");

    @ArchTest
    static final ArchRule configKnowsNobody = knowsOnly("dev.ragd.config..");

    @ArchTest
    static final ArchRule filesKnowsNobody = knowsOnly("dev.ragd.files..");

    @ArchTest
    static final ArchRule htmlKnowsNobody = knowsOnly("dev.ragd.html..");

    @ArchTest
    static final ArchRule theFaissBindingKnowsNobody = knowsOnly("dev.ragd.faiss..");

    @ArchTest
    static final ArchRule ingestKnowsNobody = knowsOnly("dev.ragd.ingest..");

    @ArchTest
    static final ArchRule embedKnowsNobodyElse = knowsOnly("dev.ragd.embed..", "dev.ragd.files");

    @ArchTest
    static final ArchRule thePortKnowsNobody = knowsOnly("dev.ragd.store");

    @ArchTest
    static final ArchRule anAdapterKnowsThePortOnly =
            knowsOnly("dev.ragd.store.chroma..", "dev.ragd.store", "dev.ragd.files");

    @ArchTest
    static final ArchRule theDocumentStoreKnowsThePortOnly =
            knowsOnly("dev.ragd.store.documents..", "dev.ragd.store", "dev.ragd.files");

    @ArchTest
    static final ArchRule aLocalAdapterKnowsThePortAndTheDocumentStore =
            knowsOnly("dev.ragd.store.lucene..", "dev.ragd.store", "dev.ragd.store.documents");

    @ArchTest
    static final ArchRule theFaissStoreKnowsPortDocumentsAndBinding = knowsOnly(
            "dev.ragd.store.faiss..", "dev.ragd.store", "dev.ragd.store.documents", "dev.ragd.faiss", "dev.ragd.files");

    @ArchTest
    static final ArchRule theLeannStoreKnowsPortDocumentsBindingAndModels = knowsOnly(
            "dev.ragd.store.leann..",
            "dev.ragd.store",
            "dev.ragd.store.documents",
            "dev.ragd.faiss",
            "dev.ragd.embed",
            "dev.ragd.files");

    @ArchTest
    static final ArchRule luceneStaysInTheDocumentStore = onlyIn("org.apache.lucene..", "dev.ragd.store.documents..");

    @ArchTest
    static final ArchRule aSnapshotKnowsThePortAndFiles =
            knowsOnly("dev.ragd.store.snapshot..", "dev.ragd.store", "dev.ragd.store.ids", "dev.ragd.files");

    @ArchTest
    static final ArchRule aChromaFolderKnowsThePortAndFiles =
            knowsOnly("dev.ragd.store.chromafolder..", "dev.ragd.store", "dev.ragd.store.ids", "dev.ragd.files");

    @ArchTest
    static final ArchRule aFaissFileKnowsThePortAndFiles =
            knowsOnly("dev.ragd.store.faissfile..", "dev.ragd.store", "dev.ragd.files");

    @ArchTest
    static final ArchRule idsKnowNobody = knowsOnly("dev.ragd.store.ids..");

    @ArchTest
    static final ArchRule sqliteStaysWithTheChromaFolder = onlyIn("org.sqlite..", "dev.ragd.store.chromafolder..");

    @ArchTest
    static final ArchRule parquetStaysInItsPackage =
            onlyIn("org.apache.parquet..", "dev.ragd.store.snapshot.parquet..");

    @ArchTest
    static final ArchRule theCatalogueKnowsStoreAndEmbed =
            knowsOnly("dev.ragd.catalog..", "dev.ragd.store", "dev.ragd.embed", "dev.ragd.files");

    @ArchTest
    static final ArchRule noCycles = slices().matching("dev.ragd.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule springBatchIsForJobs =
            onlyIn("org.springframework.batch..", "dev.ragd.jobs..", "dev.ragd.app..");

    @ArchTest
    static final ArchRule springIsForJobs = onlyIn("org.springframework..", "dev.ragd.jobs..", "dev.ragd.app..");

    @ArchTest
    static final ArchRule micrometerIsForTheMetricsOfJobs =
            onlyIn("io.micrometer..", "dev.ragd.jobs.metrics..", "dev.ragd.app..");

    @ArchTest
    static final ArchRule picocliIsForTheCommandLine = onlyIn("picocli..", "dev.ragd.cli..", "dev.ragd");

    @ArchTest
    static final ArchRule theChromaClientStaysInItsAdapter =
            onlyIn("tech.amikos..", "dev.ragd.store.chroma..").allowEmptyShould(true);

    @ArchTest
    static final ArchRule okHttpStaysInTheChromaAdapter = onlyIn("okhttp3..", "dev.ragd.store.chroma..");

    @ArchTest
    static final ArchRule onnxStaysInEmbed = onlyIn("ai.onnxruntime..", "dev.ragd.embed..");

    @ArchTest
    static final ArchRule javaCppStaysInTheFaissBinding = onlyIn("org.bytedeco..", "dev.ragd.faiss..");

    @ArchTest
    static final ArchRule theTokenizerStaysInEmbed = onlyIn("ai.djl..", "dev.ragd.embed..");

    @ArchTest
    static final ArchRule tikaStaysInIngest =
            onlyIn("org.apache.tika..", "dev.ragd.ingest..").allowEmptyShould(true);

    @ArchTest
    static final ArchRule yamlStaysInConfig = onlyIn("org.yaml..", "dev.ragd.config..");

    /** The parser's child process is a program of its own: it keeps what parsers print away from its answers. */
    @ArchTest
    static final ArchRule onlyTheCommandLinePrints = noClasses()
            .that()
            .resideOutsideOfPackage("dev.ragd.cli..")
            .and()
            .doNotHaveFullyQualifiedName("dev.ragd.ingest.ParserProcess")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule onlyMainExits = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.ragd.RagdApplication")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class);

    /** The first folder that a command creates may be the home itself, which is for its owner alone. */
    @ArchTest
    static final ArchRule foldersArePrivate = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.ragd.files.AtomicFile")
            .and()
            .doNotHaveFullyQualifiedName("dev.ragd.faiss.NativeFiles") // knows no other package, and sees to it itself
            .and()
            .doNotHaveFullyQualifiedName("dev.ragd.cli.ScheduleCommand") // units are for all
            .should()
            .callMethod(Files.class, "createDirectories", Path.class, FileAttribute[].class);

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

    @ArchTest
    static final ArchRule staticFieldsAreFinal = fields().that()
            .areStatic()
            .and(DescribedPredicate.describe(
                    "are written by us", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule errorsHaveATypeOfTheirOwn = noClasses()
            .should()
            .callConstructorWhere(DescribedPredicate.describe(
                    "makes a RuntimeException, Exception or Error itself", ArchitectureTest::isTooGeneral));

    /** Calls of a superclass's constructor are how the proper types are made. */
    private static boolean isTooGeneral(JavaConstructorCall call) {
        boolean general = call.getTargetOwner().isEquivalentTo(RuntimeException.class)
                || call.getTargetOwner().isEquivalentTo(Exception.class)
                || call.getTargetOwner().isEquivalentTo(Error.class)
                || call.getTargetOwner().isEquivalentTo(Throwable.class);
        return general && !call.getOriginOwner().isAssignableTo(Throwable.class);
    }

    private static ArchRule onlyIn(String dependency, String... homes) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(dependency);
    }

    /** Of our own packages, only itself and these. */
    private static ArchRule knowsOnly(String ours, String... below) {
        String[] allowed = Stream.concat(Stream.of(ours), Stream.of(below)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(ours)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.ragd..").and(not(resideInAnyPackage(allowed))));
    }

    @Test
    void everyPackageIsNullMarked() {
        JavaClasses all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.ragd");
        Set<String> marked = all.stream()
                .filter(c -> c.getSimpleName().equals("package-info") && c.isAnnotatedWith(NullMarked.class))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());
        Set<String> packages = all.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertThat(packages).hasSizeGreaterThan(10);
        assertThat(marked).containsExactlyInAnyOrderElementsOf(packages);
    }
}
