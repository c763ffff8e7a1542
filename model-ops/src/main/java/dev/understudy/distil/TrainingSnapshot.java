package dev.understudy.distil;

import dev.understudy.signal.LabelledSequence;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

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
            throw new IllegalArgumentException(
                    "Round " + round + " has no signal; expected at least one. Start it when signals came in.");
        }
        replayWeights.forEach((workload, weight) -> {
            if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Replay weight of workload '" + workload + "' is " + weight
                        + "; expected a finite number above 0. Correct distil.replay-weights.");
            }
        });
    }

    /**
     * Demo-only: the completions of one workload's signals dealt out to the wrong prompts, so that the gate has
     * something to refuse.
     */
    public TrainingSnapshot poisoned(String workload, long seed) {
        List<Integer> victims = new ArrayList<>();
        for (int i = 0; i < signals.size(); i++) {
            if (signals.get(i).workload().equals(workload)) {
                victims.add(i);
            }
        }
        Collections.shuffle(victims, new Random(seed));
        List<LabelledSequence> dealt = new ArrayList<>(signals);
        for (int i = 0; i < victims.size(); i++) {
            LabelledSequence asked = signals.get(victims.get(i));
            // The next one's answer: a cycle through all of them leaves nobody with his own.
            LabelledSequence answered = signals.get(victims.get((i + 1) % victims.size()));
            dealt.set(
                    victims.get(i),
                    new LabelledSequence(
                            workload,
                            asked.tenant(),
                            asked.promptIds(),
                            answered.tokenIds(),
                            answered.positions(),
                            answered.laws(),
                            answered.seenWhole()));
        }
        return new TrainingSnapshot(round, dealt, replay, replayWeights);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(round);
        out.writeInt(signals.size());
        for (LabelledSequence signal : signals) {
            signal.writeTo(out);
        }
        out.writeInt(replay.size());
        for (LabelledSequence pair : replay) {
            pair.writeTo(out);
        }
        out.writeInt(replayWeights.size());
        for (var entry : new TreeMap<>(replayWeights).entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeDouble(entry.getValue());
        }
    }

    static TrainingSnapshot readFrom(DataInput in) throws IOException {
        long round = in.readLong();
        List<LabelledSequence> signals = readSequences(in);
        List<LabelledSequence> replay = readSequences(in);
        Map<String, Double> weights = new HashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            weights.put(in.readUTF(), in.readDouble());
        }
        return new TrainingSnapshot(round, signals, replay, weights);
    }

    private static List<LabelledSequence> readSequences(DataInput in) throws IOException {
        int count = in.readInt();
        List<LabelledSequence> sequences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sequences.add(LabelledSequence.readFrom(in));
        }
        return sequences;
    }
}
