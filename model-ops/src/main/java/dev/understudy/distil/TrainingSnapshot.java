package dev.understudy.distil;

import dev.understudy.signal.LabelledSequence;
import java.util.List;
import java.util.Map;

/**
 * The frozen input of one round.
 *
 * @param round number of the round; part of every seed
 * @param signals sequences from traffic, at least one
 * @param replay seed pairs; may be empty, then every row is a signal
 * @param replayWeights weight of a workload's seed pairs in the draw, above 0; 1 where not named
 */
public record TrainingSnapshot(
        long round, List<LabelledSequence> signals, List<LabelledSequence> replay, Map<String, Double> replayWeights) {
    public TrainingSnapshot {
        signals = List.copyOf(signals);
        replay = List.copyOf(replay);
        replayWeights = Map.copyOf(replayWeights);
        if (signals.isEmpty()) {
            throw new IllegalArgumentException("Round " + round + " has no signal; a round needs at least one.");
        }
    }

    /**
     * Demo-only: the completions of one workload's signals dealt out to the wrong prompts, so that the gate has
     * something to refuse.
     */
    public TrainingSnapshot poisoned(String workload, long seed) {
        throw new UnsupportedOperationException();
    }
}
