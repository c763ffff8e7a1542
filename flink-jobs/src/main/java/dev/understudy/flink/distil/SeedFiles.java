package dev.understudy.flink.distil;

import java.io.Serializable;
import java.util.Map;

/**
 * What the job knows before the first signal: JSONL files of pairs {@code {"workload","prompt","completion"}}.
 *
 * @param replay pairs that the initial model was trained on, against forgetting; empty for none
 * @param heldOut verified pairs for the gate, never trained on; empty for none
 * @param replayWeights weight of a workload's replay pairs in the draw, above 0; 1 where not named
 */
public record SeedFiles(String replay, String heldOut, Map<String, Double> replayWeights) implements Serializable {
    public SeedFiles {
        replayWeights = Map.copyOf(replayWeights);
        replayWeights.forEach((workload, weight) -> {
            if (!(weight > 0)) {
                throw new IllegalArgumentException(
                        "Replay weight of " + workload + " is " + weight + "; expected above 0.");
            }
        });
    }

    /** Nothing. */
    public static SeedFiles none() {
        return new SeedFiles("", "", Map.of());
    }
}
