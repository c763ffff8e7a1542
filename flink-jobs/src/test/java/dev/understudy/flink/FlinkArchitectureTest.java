package dev.understudy.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Keeps the streaming twins thin: who may touch what. */
@AnalyzeClasses(packages = "dev.understudy.flink", importOptions = ImportOption.DoNotIncludeTests.class)
class FlinkArchitectureTest {
    @ArchTest
    static final ArchRule NO_ENGINE =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("ai.djl..", "dev.understudy.lm.djl..");

    @ArchTest
    static final ArchRule ONLY_WIRE_KNOWS_THE_RECORDS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.understudy.flink.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.understudy.wire.prompt..",
                    "dev.understudy.wire.decode..",
                    "dev.understudy.wire.budget..",
                    "dev.understudy.wire.signal..",
                    "dev.understudy.wire.gate..",
                    "dev.understudy.wire.checkpoint..",
                    "dev.understudy.wire.swap..",
                    "dev.understudy.wire.memory..");

    @ArchTest
    static final ArchRule ONLY_JOB_BUILDS_GRAPHS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.understudy.flink.job..")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("StreamExecutionEnvironment");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.understudy.flink.(*)..").should().beFreeOfCycles();
}
