package dev.understudy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Keeps the drawing in ARCHITECTURE.md true for this module. */
@AnalyzeClasses(packages = "dev.understudy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.understudy.";

    @ArchTest
    static final ArchRule PURE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "org.apache.avro..");

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_DJL = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "lm.djl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.understudy.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule LM_COMES_FIRST = before(
            "lm..",
            "prompt",
            "budget",
            "teacher",
            "signal",
            "decode",
            "distil",
            "gate",
            "checkpoint",
            "swap",
            "workload");

    @ArchTest
    static final ArchRule DECODE_KNOWS_NO_LEARNING =
            before("decode..", "distil", "gate", "checkpoint", "swap", "workload");

    @ArchTest
    static final ArchRule BUDGET_KNOWS_NO_DECODING =
            before("budget..", "teacher", "signal", "decode", "distil", "gate", "checkpoint", "swap", "workload");

    @ArchTest
    static final ArchRule SIGNAL_KNOWS_NO_LEARNING =
            before("signal..", "decode", "distil", "gate", "checkpoint", "swap", "workload");

    @ArchTest
    static final ArchRule DISTIL_KNOWS_NO_GATE = before("distil..", "gate", "checkpoint", "swap", "workload");

    @ArchTest
    static final ArchRule GATE_KNOWS_NO_STORE = before("gate..", "checkpoint", "swap", "workload");

    @ArchTest
    static final ArchRule CHECKPOINT_KNOWS_NO_SWAP = before("checkpoint..", "swap", "workload");

    @ArchTest
    static final ArchRule NAMES_SAY_A_ROLE = classes()
            .should()
            .haveNameNotMatching(".*(Manager|Helper|Utils?|Processor|Handler|Service|Impl|Data|Info|Base|Abstract)$");

    @ArchTest
    static final ArchRule PACKAGES_ARE_NOUNS = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..common..", "..helper..", "..misc..", "..base..", "..impl..", "..core..");

    private static ArchRule before(String stage, String... later) {
        String[] packages = new String[later.length];
        for (int i = 0; i < later.length; i++) {
            packages[i] = ROOT + later[i] + "..";
        }
        return noClasses()
                .that()
                .resideInAPackage(ROOT + stage)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }
}
