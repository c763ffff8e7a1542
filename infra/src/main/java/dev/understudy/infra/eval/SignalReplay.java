package dev.understudy.infra.eval;

import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.wire.InterventionAvro;
import dev.understudy.gate.replay.Replay;
import dev.understudy.gate.replay.Replay.Outcome;
import dev.understudy.gate.replay.ReplayedSequence;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.signal.InterventionRecorded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What-if over the signals of a pipeline: reads them, gives each to a student and a policy, and replays. */
public final class SignalReplay {
    private static final int BATCH = 16;

    /** Whose difficulty is held against the price. */
    public enum Policy {
        /** The one that decoded, as recorded. */
        RECORDED,
        CONFIDENCE,
        ENTROPY,
        MARGIN,
        RANDOM
    }

    /**
     * What was found for one workload.
     *
     * @param signals read
     * @param whole those of them that the teacher saw whole, and so can be replayed
     * @param population finished sequences with consent that these stand for
     * @param outcomes one a wanted share or price, in order
     */
    public record Result(int signals, int whole, double population, List<Outcome> outcomes) {
        public Result {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * What is asked.
     *
     * @param policy whose difficulties count
     * @param shares wanted shares of teacher tokens, each in [0, 1]
     * @param prices further prices, each in [0, 1]
     */
    public record Question(Policy policy, List<Double> shares, List<Double> prices) {
        public Question {
            shares = List.copyOf(shares);
            prices = List.copyOf(prices);
        }
    }

    private SignalReplay() {}

    /** The signals that stand on the topic now. */
    public static List<Intervention> read(KafkaAccess kafka) {
        WireCodec<InterventionRecorded> codec = WireCodec.of(InterventionRecorded.class);
        Map<String, Intervention> byPrompt = new LinkedHashMap<>();
        try (TopicFollower follower = new TopicFollower(
                kafka.bootstrapServers(), kafka.name(Topics.SIGNALS), TopicFollower.Isolation.COMMITTED)) {
            follower.readToEnd(value -> decode(codec, value).ifPresent(one -> byPrompt.put(one.promptId(), one)));
        }
        return List.copyOf(byPrompt.values());
    }

    private static Optional<Intervention> decode(WireCodec<InterventionRecorded> codec, byte[] value) {
        try {
            return Optional.of(InterventionAvro.toDomain(codec.decode(value)));
        } catch (WireException | IllegalArgumentException e) {
            // Of a newer release: it says nothing that can be replayed here.
            return Optional.empty();
        }
    }

    /**
     * Replays every workload.
     *
     * @param student another student, or null for the one that decoded
     * @throws IllegalArgumentException when the records do not hold what the policy needs
     */
    public static Map<String, Result> replay(
            List<Intervention> signals, Question question, @Nullable LanguageModel student) {
        boolean recorded = question.policy() == Policy.ENTROPY || question.policy() == Policy.MARGIN;
        if (recorded && student == null) {
            throw new IllegalArgumentException("The records hold the student's largest probability, not its "
                    + question.policy().name().toLowerCase(java.util.Locale.ROOT)
                    + "; expected --model with the version that decoded, or another one. Name it.");
        }
        Map<String, List<Intervention>> workloads = new TreeMap<>();
        signals.forEach(signal -> workloads
                .computeIfAbsent(signal.workload(), workload -> new ArrayList<>())
                .add(signal));
        Map<String, Result> results = new TreeMap<>();
        workloads.forEach((workload, its) -> {
            List<ReplayedSequence> sequences = student == null
                    ? its.stream()
                            .flatMap(one -> asDecoded(one, question.policy()).stream())
                            .toList()
                    : under(student, its, question.policy());
            results.put(workload, result(its.size(), sequences, question));
        });
        return results;
    }

    private static Result result(int signals, List<ReplayedSequence> sequences, Question question) {
        if (sequences.isEmpty()) {
            return new Result(signals, 0, 0, List.of());
        }
        Replay replay = new Replay(sequences);
        List<Outcome> outcomes = new ArrayList<>();
        question.shares().forEach(share -> outcomes.add(replay.at(replay.priceFor(share))));
        question.prices().forEach(price -> outcomes.add(replay.at(price)));
        return new Result(signals, sequences.size(), replay.population(), outcomes);
    }

    private static Optional<ReplayedSequence> asDecoded(Intervention signal, Policy policy) {
        float[] confidence = signal.studentConfidence();
        float[] difficulty = new float[confidence.length];
        for (int t = 0; t < difficulty.length; t++) {
            difficulty[t] = switch (policy) {
                case RANDOM -> draw(signal, t);
                case RECORDED -> signal.difficulty()[t];
                default -> 1 - confidence[t];
            };
        }
        return ReplayedSequence.of(signal, difficulty);
    }

    /** Another draw than the one that decoded made, from the same law. */
    private static float draw(Intervention signal, int position) {
        return (float) new SplittableRandom(31L * signal.promptId().hashCode() + position).nextDouble();
    }

    private static List<ReplayedSequence> under(LanguageModel student, List<Intervention> signals, Policy policy) {
        List<Intervention> usable = signals.stream()
                .filter(signal -> signal.seenWhole() && signal.tokenIds().length > 0)
                .filter(signal -> signal.promptIds().length + signal.tokenIds().length
                        <= student.shape().context())
                .toList();
        List<ReplayedSequence> sequences = new ArrayList<>();
        for (int from = 0; from < usable.size(); from += BATCH) {
            List<Intervention> batch = usable.subList(from, Math.min(usable.size(), from + BATCH));
            score(student, batch, policy).forEach(one -> one.ifPresent(sequences::add));
        }
        return sequences;
    }

    private static List<Optional<ReplayedSequence>> score(
            LanguageModel student, List<Intervention> batch, Policy policy) {
        int time = batch.stream()
                .mapToInt(one -> one.promptIds().length + one.tokenIds().length - 1)
                .max()
                .orElseThrow();
        int[] ids = new int[batch.size() * time];
        int[] positions =
                new int[batch.stream().mapToInt(one -> one.tokenIds().length).sum()];
        int n = 0;
        for (int row = 0; row < batch.size(); row++) {
            int[] prompt = batch.get(row).promptIds();
            int[] tokens = batch.get(row).tokenIds();
            System.arraycopy(prompt, 0, ids, row * time, prompt.length);
            System.arraycopy(tokens, 0, ids, row * time + prompt.length, tokens.length - 1);
            for (int t = 0; t < tokens.length; t++) {
                positions[n++] = row * time + prompt.length - 1 + t;
            }
        }
        Scores scores = new Scores(positions.length, 2, 0);
        student.score(new TokenBatch(batch.size(), time, ids, positions), scores);
        List<Optional<ReplayedSequence>> out = new ArrayList<>();
        int at = 0;
        for (Intervention signal : batch) {
            int length = signal.tokenIds().length;
            float[] difficulty = new float[length];
            for (int t = 0; t < length; t++) {
                difficulty[t] = difficulty(scores, at + t, policy, student, signal, t);
            }
            out.add(ReplayedSequence.of(signal, Arrays.copyOfRange(scores.argmax, at, at + length), difficulty));
            at += length;
        }
        return out;
    }

    private static float difficulty(
            Scores scores, int row, Policy policy, LanguageModel student, Intervention signal, int position) {
        return switch (policy) {
            case RANDOM -> draw(signal, position);
            case ENTROPY ->
                (float) Math.min(
                        1, scores.entropy[row] / Math.log(student.shape().vocabulary()));
            case MARGIN -> (float) (1 - scores.confidence(row) + Math.exp(scores.topLogProbabilities[2 * row + 1]));
            default -> (float) (1 - scores.confidence(row));
        };
    }
}
