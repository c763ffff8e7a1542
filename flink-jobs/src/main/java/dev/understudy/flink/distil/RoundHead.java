package dev.understudy.flink.distil;

import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.CandidateHead;
import dev.understudy.distil.ask.CandidateHead.Sequences;
import dev.understudy.gate.Gate;
import dev.understudy.gate.GateRule;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.lm.LanguageModel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The part of a round that gives its candidate an ask head, where the parent has one: a version without it would be
 * refused by the serving job that asks by heads. Owned by the task thread.
 */
final class RoundHead {
    private final Sequences sequences;
    private final AskPlan plan;
    private final LanguageModel candidate;
    private final Path staged;
    private @Nullable CandidateHead learning;

    /**
     * @param candidate its weights; stays the caller's
     * @param staged its directory, where the head is written
     */
    RoundHead(TrainingSnapshot snapshot, HeldOut heldOut, long seed, LanguageModel candidate, Path staged) {
        sequences = Sequences.of(snapshot, heldOut.sequences());
        plan = AskPlan.defaults().withSeed(seed);
        this.candidate = candidate;
        this.staged = staged;
    }

    /** Whether candidates of this parent need a head; asking by an entry of the vocabulary is not learnt in rounds. */
    static boolean isNeeded(Path parent) {
        return AskHeadFile.read(parent) instanceof PricedHead;
    }

    /** One unit of bounded work; false when there is nothing left to learn. */
    boolean work() {
        if (!sequences.objection().isEmpty()) {
            return false;
        }
        CandidateHead running = learning;
        if (running == null) {
            running = new CandidateHead(candidate, sequences, plan);
            learning = running;
        }
        return running.step();
    }

    /** Writes the head beside the weights and judges it; only after the last unit. */
    RuleOutcome judge(Gate gate) {
        CandidateHead learnt = learning;
        if (learnt == null) {
            return new RuleOutcome(GateRule.ASK_HEAD, 0, 0, false, sequences.objection());
        }
        PricedHead head = learnt.head();
        AskHeadFile.write(staged, head);
        return gate.judge(head, learnt.judged());
    }
}
