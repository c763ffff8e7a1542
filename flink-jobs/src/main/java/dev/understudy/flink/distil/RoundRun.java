package dev.understudy.flink.distil;

import dev.understudy.budget.price.PriceCurves;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probes;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.Round;
import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.gate.Evaluation;
import dev.understudy.gate.Gate;
import dev.understudy.gate.GateExample;
import dev.understudy.gate.GateSet;
import dev.understudy.gate.GateVerdict;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.gate.VersionFigures;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One round from its first step to its verdict, cut into units of bounded work so that Flink's barriers pass between
 * them: an optimiser step, a save, the writing of the candidate, one slice of scoring, the verdict. Not thread safe;
 * owned by the task thread, which closes it.
 */
final class RoundRun implements AutoCloseable {
    private static final int PROBES = 8;
    private static final int PROBE_TOP_K = 8;
    private static final String CODE_VERSION = "understudy 0.1.0";

    private enum Stage {
        TRAIN,
        WRITE,
        SCORE_PARENT,
        SCORE_CANDIDATE,
        JUDGE,
        ASK_HEAD,
        DONE
    }

    private final RoundPlan plan;
    private final RoundTools tools;
    private final Path parentDirectory;
    private final Round round;
    private final RoundSaves saves;
    private final HeldOut heldOut;
    private final GateSet gateSet;

    private Stage stage = Stage.TRAIN;
    private @Nullable Path staged;
    private @Nullable LanguageModel model;
    private @Nullable Evaluation evaluation;
    private @Nullable VersionFigures parentFigures;
    private @Nullable VersionFigures candidateFigures;
    private @Nullable GateVerdict verdict;
    private @Nullable RoundHead head;
    private @Nullable RoundJudgement judgement;

    /**
     * @param parentDirectory files of the parent; stays where it is while the round runs
     * @param round begun or resumed; closed by this
     * @param heldOut what parent and candidate are compared on
     * @param known figures of the parent, used when they were made on the same set
     */
    RoundRun(
            RoundPlan plan,
            RoundTools tools,
            Path parentDirectory,
            Round round,
            RoundSaves saves,
            HeldOut heldOut,
            @Nullable VersionFigures known) {
        this.plan = plan;
        this.tools = tools;
        this.parentDirectory = parentDirectory;
        this.round = round;
        this.saves = saves;
        this.heldOut = heldOut;
        gateSet = heldOut.gateSet();
        if (known != null && known.setFingerprint() == gateSet.fingerprint()) {
            parentFigures = known;
        }
    }

    RoundPlan plan() {
        return plan;
    }

    /** Optimiser steps taken. */
    long steps() {
        return round.progress().step();
    }

    /** One unit of work; false when the verdict is there. */
    boolean work() {
        switch (stage) {
            case TRAIN -> train();
            case WRITE -> write();
            case SCORE_PARENT -> {
                if (!open(parentDirectory).step()) {
                    parentFigures = scored();
                    stage = Stage.SCORE_CANDIDATE;
                }
            }
            case SCORE_CANDIDATE -> {
                if (!open(staged()).step()) {
                    candidateFigures = scored();
                    stage = Stage.JUDGE;
                }
            }
            case JUDGE -> judge();
            case ASK_HEAD -> learnToAsk();
            case DONE -> {}
        }
        return stage != Stage.DONE;
    }

    /** The verdict; only after {@link #work} returned false. */
    RoundJudgement judgement() {
        if (judgement == null) {
            throw new IllegalStateException("[BUG] round " + plan.number() + " is at " + stage + ", without verdict");
        }
        return judgement;
    }

    /** The candidate's figures, to be the parent's of the next round; empty when it was never scored. */
    Optional<VersionFigures> candidateFigures() {
        return Optional.ofNullable(candidateFigures);
    }

    private void train() {
        try {
            if (!round.step()) {
                stage = Stage.WRITE;
            } else if (round.progress().step() % tools.config().trigger().saveEvery() == 0) {
                saves.save(round, heldOut, plan.candidate());
            }
        } catch (IllegalStateException e) {
            // Loss or gradient not finite: the signals of this round are no good, the job is.
            end(List.of("Training stopped at step " + steps() + ": " + e.getMessage()), List.of());
        }
    }

    private void write() {
        staged = round.finish(tools.store().stage(plan.candidate()), Storage.FP32);
        stage = parentFigures == null ? Stage.SCORE_PARENT : Stage.SCORE_CANDIDATE;
    }

    private Path staged() {
        if (staged == null) {
            throw new IllegalStateException("[BUG] round " + plan.number() + " has no candidate at " + stage);
        }
        return staged;
    }

    private Evaluation open(Path directory) {
        Evaluation running = evaluation;
        if (running == null) {
            LanguageModel opened = tools.engine().open(directory, Kernel.FP32);
            running = new Evaluation(opened, gateSet, tools.config().gate().sliceRows());
            model = opened;
            evaluation = running;
        }
        return running;
    }

    private VersionFigures scored() {
        Evaluation complete = evaluation;
        if (complete == null) {
            throw new IllegalStateException("[BUG] round " + plan.number() + " has no evaluation at " + stage);
        }
        if (stage == Stage.SCORE_PARENT) {
            closeModel();
        }
        evaluation = null;
        return complete.figures();
    }

    private void judge() {
        VersionFigures serving = parentFigures;
        VersionFigures candidate = candidateFigures;
        LanguageModel opened = model;
        if (serving == null || candidate == null || opened == null) {
            throw new IllegalStateException("[BUG] round " + plan.number() + " is judged before it is scored");
        }
        GateVerdict judged = new Gate(tools.config().gate()).judge(serving, candidate, staged());
        if (judged.accepted() && RoundHead.isNeeded(parentDirectory)) {
            verdict = judged;
            head = new RoundHead(
                    round.snapshot(), heldOut, tools.config().round().seed(), opened, staged());
            stage = Stage.ASK_HEAD;
        } else {
            conclude(judged, opened);
        }
    }

    /** After the rules on the weights: most candidates that are refused are refused by them, and heads take seconds. */
    private void learnToAsk() {
        GateVerdict judged = verdict;
        RoundHead learning = head;
        LanguageModel opened = model;
        if (judged == null || learning == null || opened == null) {
            throw new IllegalStateException("[BUG] round " + plan.number() + " learns to ask before it is judged");
        }
        if (!learning.work()) {
            conclude(judged.and(learning.judge(new Gate(tools.config().gate()))), opened);
        }
    }

    private void conclude(GateVerdict judged, LanguageModel opened) {
        if (judged.accepted()) {
            seal(judged, opened);
        } else {
            tools.store().discard(plan.candidate());
        }
        end(judged.reasons(), judged.rules());
    }

    private void seal(GateVerdict verdict, LanguageModel opened) {
        List<int[]> prompts = gateSet.examples().stream()
                .map(GateExample::promptIds)
                .limit(PROBES)
                .toList();
        Student student = tools.student();
        tools.store()
                .seal(
                        plan.candidate(),
                        new Contents(
                                List.of(),
                                student.vocabulary().fingerprint().hex(),
                                student.templateHash(),
                                Probes.of(opened, prompts, PROBE_TOP_K)),
                        new Origin(
                                plan.parent(),
                                RoundJudgement.summary(verdict),
                                plan.trainedOn(),
                                settings(verdict),
                                CODE_VERSION,
                                tools.clock().instant()));
    }

    /** How it was trained, and the gate's curves: the serving job's prices go on from them. */
    private Map<String, String> settings(GateVerdict verdict) {
        DistilConfig round = tools.config().round();
        Map<String, long[]> curves = new HashMap<>();
        verdict.workloads().forEach(workload -> curves.put(workload.workload(), workload.neededPrices()));
        Map<String, String> settings = new HashMap<>(PriceCurves.toSettings(curves));
        settings.put("distil.steps", Integer.toString(round.steps()));
        settings.put("distil.batch", Integer.toString(round.batch()));
        settings.put("distil.learning-rate", Double.toString(round.learningRate()));
        settings.put("distil.replay-share", Double.toString(round.replayShare()));
        Objective objective = round.objective();
        settings.put("distil.divergence.kind", objective.divergence().kind());
        settings.put(
                "distil.divergence.parameter",
                Double.toString(objective.divergence().parameter()));
        settings.put("distil.top-k", Integer.toString(objective.topK()));
        settings.put("distil.seed", Long.toString(round.seed()));
        return settings;
    }

    /** Ends the round without a candidate. */
    void abandon(String reason) {
        if (stage.compareTo(Stage.WRITE) > 0) {
            tools.store().discard(plan.candidate());
        }
        end(List.of(reason), List.of());
    }

    private void end(List<String> reasons, List<RuleOutcome> rules) {
        judgement = new RoundJudgement(
                plan.candidate(),
                plan.parent(),
                plan.number(),
                reasons.isEmpty(),
                reasons,
                rules,
                plan.signals(),
                steps(),
                tools.clock().instant());
        stage = Stage.DONE;
    }

    private void closeModel() {
        if (model != null) {
            model.close();
            model = null;
        }
    }

    @Override
    public void close() {
        closeModel();
        round.close();
    }
}
