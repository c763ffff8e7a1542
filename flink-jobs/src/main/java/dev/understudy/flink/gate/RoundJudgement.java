package dev.understudy.flink.gate;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.gate.GateVerdict;
import dev.understudy.gate.RuleOutcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one round ended, also when it ended before it began.
 *
 * @param candidate id under which it is or would have been published
 * @param parent serving checkpoint it was compared with; null for the model that the job was started with
 * @param round number of the round, from 1
 * @param accepted whether it is published
 * @param reasons one sentence each; empty when accepted
 * @param rules every rule that was applied; empty when nothing was trained
 * @param signals new signals that the round consumed
 * @param steps optimiser steps of the round
 * @param judgedAt when
 */
public record RoundJudgement(
        CheckpointId candidate,
        @Nullable CheckpointId parent,
        long round,
        boolean accepted,
        List<String> reasons,
        List<RuleOutcome> rules,
        long signals,
        long steps,
        Instant judgedAt) {
    public RoundJudgement {
        reasons = List.copyOf(reasons);
        rules = List.copyOf(rules);
        if (accepted != reasons.isEmpty()) {
            throw new IllegalArgumentException("[BUG] round " + round + ": accepted=" + accepted + " with "
                    + reasons.size() + " reasons against it");
        }
    }

    /** One line for the manifest: each rule with its figure. */
    public static String summary(GateVerdict verdict) {
        StringBuilder line = new StringBuilder(verdict.accepted() ? "accepted" : "rejected");
        for (RuleOutcome outcome : verdict.rules()) {
            line.append("; ").append(outcome.rule()).append(": ").append(outcome.detail());
        }
        return line.toString();
    }
}
