package dev.understudy.flink.wire;

import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.wire.Topics;
import dev.understudy.wire.gate.GateJudged;
import dev.understudy.wire.gate.RuleResult;
import java.util.List;

/**
 * What distillation writes to Kafka inside the transaction of a Flink checkpoint: verdicts. Owned by one task thread.
 */
public final class DistilRecords {
    private final OutgoingRecords out;

    /** Records for the topics of one pipeline. */
    public DistilRecords(KafkaAccess kafka) {
        out = new OutgoingRecords(kafka);
    }

    /** The verdict on a candidate, or why a round had none. */
    public WireRecord verdict(RoundJudgement judgement) {
        return out.of(Topics.VERDICTS, toAvro(judgement));
    }

    static GateJudged toAvro(RoundJudgement judgement) {
        var parent = judgement.parent();
        List<RuleResult> rules =
                judgement.rules().stream().map(DistilRecords::rule).toList();
        return GateJudged.newBuilder()
                .setCandidateId(judgement.candidate().value())
                .setParent(parent == null ? null : parent.value())
                .setRound(judgement.round())
                .setAccepted(judgement.accepted())
                .setReasons(judgement.reasons())
                .setRules(rules)
                .setSignals(judgement.signals())
                .setSteps(judgement.steps())
                .setJudgedAt(judgement.judgedAt())
                .build();
    }

    private static RuleResult rule(RuleOutcome outcome) {
        return RuleResult.newBuilder()
                .setName(outcome.rule().name())
                .setBound(outcome.bound())
                .setValue(outcome.value())
                .setPassed(outcome.passed())
                .setDetail(outcome.detail())
                .build();
    }
}
