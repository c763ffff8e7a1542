package dev.understudy.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.apache.flink.metrics.MetricGroup;

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
    static final ArchRule METRICS_ARE_DECLARED = noClasses()
            .that()
            .resideOutsideOfPackage("dev.understudy.flink.metric..")
            .should()
            .callMethodWhere(new DescribedPredicate<>("a metric is registered") {
                @Override
                public boolean test(JavaMethodCall call) {
                    return call.getTargetOwner().isAssignableTo(MetricGroup.class)
                            && Set.of("counter", "gauge", "histogram", "meter").contains(call.getName());
                }
            });

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.understudy.flink.(*)..").should().beFreeOfCycles();
}
