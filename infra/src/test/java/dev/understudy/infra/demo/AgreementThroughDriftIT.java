package dev.understudy.infra.demo;

import static dev.understudy.workload.Workload.LOG_C1;
import static dev.understudy.workload.Workload.ORDER_C1;
import static dev.understudy.workload.Workload.ORDER_C2;
import static dev.understudy.workload.Workload.PAY_US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.control.WorkloadState;
import dev.understudy.budget.price.PriceCurves;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Round;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.gate.Evaluation;
import dev.understudy.gate.ForcedScoring;
import dev.understudy.gate.GateExample;
import dev.understudy.gate.GateSet;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.signal.Quarantine;
import dev.understudy.workload.DemoModels;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.IntakeStream.Share;
import dev.understudy.workload.Knobs;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wanted agreement through the demo's drift, with the shipped models: known traffic, a release with re-coded articles
 * that the student is confidently wrong about, and a student that has learnt it. Agreement is counted by a reader of
 * its own, who shows every text whole to the teacher: in each phase and workload it lies at the target or above, up to
 * its 90 % interval.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgreementThroughDriftIT {
    private static final Path MODELS = Path.of("models");
    private static final long SEED = 7;
    private static final int MOST_TOKENS = 96;
    private static final int STEPS = 200;
    private static final List<Share> KNOWN =
            List.of(new Share(ORDER_C1, 1), new Share(PAY_US, 1), new Share(LOG_C1, 1));
    private static final List<Share> RELEASE =
            List.of(new Share(ORDER_C1, 1), new Share(PAY_US, 1), new Share(LOG_C1, 1), new Share(ORDER_C2, 1.5));

    private final Engine engine = Engine.installed();
    private final Path folder;
    private final ModelOnDisk student;
    private final LanguageModel judge;

    AgreementThroughDriftIT(@TempDir Path folder) {
        this.folder = folder;
        student = ModelOnDisk.open(engine, MODELS.resolve("student"), Kernel.FP16);
        judge = engine.open(MODELS.resolve("teacher"), Kernel.FP32);
    }

    @AfterAll
    void close() {
        judge.close();
        student.close();
    }

    @Test
    void agreementHoldsFromTheFirstSequenceOn() {
        AgreementCount count = new AgreementCount(judge);
        List<WorkloadState> beside = new ArrayList<>();
        try (WaitedForTeacher teacher = WaitedForTeacher.open(engine, MODELS.resolve("teacher"), folder);
                PricedTraffic traffic = new PricedTraffic(student, teacher)) {
            traffic.serve("p0", student.model(), Map.of());
            count.add("steady", traffic.run(prompts(1, KNOWN, 600)));
            List<FinishedSequence> release = traffic.run(prompts(2, RELEASE, 900));
            count.add("release", release);
            beside.addAll(shownBeside(count, "p0", traffic));
            Path learnt = learn(release);
            try (LanguageModel better = engine.open(learnt, Kernel.FP16)) {
                traffic.serve("r1", better, curves(learnt));
                count.add("learnt", traffic.run(prompts(3, RELEASE, 900)));
                beside.addAll(shownBeside(count, "r1", traffic));
            }
        }

        assertThat(count.below(PricedTraffic.TARGET)).as("%s", count).isEmpty();
        assertThat(beside)
                .as("of eight 90 %% intervals that are shown, more than two miss in one of 25 runs; %s", count)
                .hasSizeLessThanOrEqualTo(2)
                .allMatch(state -> state.agreement().high() >= PricedTraffic.TARGET);
        // It does not hold because everything is asked for.
        assertThat(count.teacherShare("steady")).as("%s", count).isLessThan(0.5);
        assertThat(count.teacherShare("learnt")).as("%s", count).isLessThan(0.3);
    }

    /** Workloads whose agreement, as counted, lies outside the interval that the controller shows. */
    private static List<WorkloadState> shownBeside(AgreementCount count, String version, PricedTraffic traffic) {
        return traffic.states().stream()
                .filter(state -> state.version().equals(version))
                .filter(state -> {
                    double counted = count.agreement(version, state.workload());
                    return counted < state.agreement().low()
                            || counted > state.agreement().high();
                })
                .toList();
    }

    private List<Prompt> prompts(int phase, List<Share> shares, int count) {
        IntakeStream stream = new IntakeStream(SEED + phase, shares, Split.TEST, Knobs.DEFAULT);
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Example example = stream.next();
            prompts.add(new Prompt(
                    new PromptId("p" + phase + "-" + i),
                    PricedTraffic.TENANT,
                    example.workload().id(),
                    student.template().render(student.tokenizer(), example.prompt()),
                    Sampling.GREEDY,
                    MOST_TOKENS,
                    true,
                    Instant.EPOCH));
        }
        return prompts;
    }

    /** A round on what the teacher said in the release, and on pairs of the workloads that were known before. */
    private Path learn(List<FinishedSequence> release) {
        Quarantine quarantine = new Quarantine(
                student.tokenizer().vocabulary().fingerprint(),
                student.model().shape().vocabulary());
        List<LabelledSequence> signals = release.stream()
                .flatMap(finished -> finished.intervention().stream())
                .filter(signal -> quarantine.objection(signal).isEmpty())
                .map(quarantine::label)
                .toList();
        List<LabelledSequence> replay = new ArrayList<>();
        for (Share known : KNOWN) {
            replay.addAll(pairs(known.workload(), 400, Split.TRAIN));
        }
        DistilConfig defaults = DistilConfig.defaults();
        DistilConfig config = new DistilConfig(
                STEPS,
                defaults.batch(),
                defaults.learningRate(),
                defaults.warmUp(),
                defaults.replayShare(),
                defaults.objective(),
                SEED);
        TrainingSnapshot snapshot = new TrainingSnapshot(1, signals, replay, Map.of());
        try (Round round = Round.begin(engine, MODELS.resolve("student"), snapshot, config)) {
            for (boolean more = true; more; ) {
                more = round.step();
            }
            return round.finish(folder.resolve("r1"), Storage.FP32);
        }
    }

    private List<LabelledSequence> pairs(Workload workload, int count, Split split) {
        return IntakeStream.distinct(SEED, workload, count, split).stream()
                .map(example -> DemoModels.pair(example, student.tokenizer(), student.template()))
                .map(pair -> LabelledSequence.ofPair(workload.id(), pair.prompt(), pair.answer()))
                .toList();
    }

    /** The gate's curves of a candidate, as its manifest carries them. */
    private Map<String, List<Long>> curves(Path directory) {
        List<GateExample> examples = new ArrayList<>();
        for (Share share : RELEASE) {
            List<LabelledSequence> heldOut = pairs(share.workload(), 100, Split.DEV);
            new TeacherLabels(judge)
                    .label(heldOut)
                    .forEach(one -> examples.add(GateExample.of(one).orElseThrow()));
        }
        Map<String, long[]> curves = new HashMap<>();
        try (LanguageModel candidate = engine.open(directory, Kernel.FP32)) {
            Evaluation evaluation = new Evaluation(candidate, new GateSet(examples), 32);
            for (boolean more = true; more; ) {
                more = evaluation.step();
            }
            evaluation
                    .figures()
                    .byWorkload()
                    .forEach((workload, scores) -> curves.put(workload, ForcedScoring.neededPriceHistogram(scores)));
        }
        return PriceCurves.fromSettings(PriceCurves.toSettings(curves));
    }
}
