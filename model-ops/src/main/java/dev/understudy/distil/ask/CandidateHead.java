package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.lm.LanguageModel;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ask head of a round's candidate, learnt in units of bounded work from what the round was trained on: a head
 * belongs to the weights that it was learnt on, so every new version needs one. Deterministic in weights, sequences and
 * plan. Confined to the model's thread.
 */
public final class CandidateHead {
    /** Sequences of a workload that are learnt from: a few hundred do. */
    private static final int A_WORKLOAD = 300;

    private static final int LEAST_LEARNT = 50;
    private static final int LEAST_HELD_OUT = 20;
    /** Sequences that one unit reads. */
    private static final int SLICE = 32;

    private final Sequences sequences;
    private final AskReading reading;
    private final HeadLearning learning;
    private final List<AskEvidence> learnt = new ArrayList<>();
    private final List<AskEvidence> priced = new ArrayList<>();
    private final List<AskEvidence> judged = new ArrayList<>();
    private HeadLearning.@Nullable Course course;
    private @Nullable PricedHead head;

    /**
     * What a head is learnt from, what its prices are found on, and what they are judged on: three sets without a
     * common prompt, the last two never trained on.
     */
    public record Sequences(
            List<LabelledSequence> learnt, List<LabelledSequence> priced, List<LabelledSequence> judged) {
        public Sequences {
            learnt = List.copyOf(learnt);
            priced = List.copyOf(priced);
            judged = List.copyOf(judged);
        }

        /**
         * Chooses them.
         *
         * @param snapshot signals and seed pairs; at most {@value CandidateHead#A_WORKLOAD} of a workload, signals
         *     first
         * @param heldOut sequences that nothing was trained on; every other one of a workload is priced on
         */
        public static Sequences of(TrainingSnapshot snapshot, List<LabelledSequence> heldOut) {
            List<LabelledSequence> learnt = new ArrayList<>();
            SortedMap<String, List<LabelledSequence>> pairs = byWorkload(snapshot.replay());
            SortedMap<String, List<LabelledSequence>> signals = byWorkload(snapshot.signals());
            pairs.keySet().forEach(workload -> signals.putIfAbsent(workload, List.of()));
            signals.forEach((workload, own) -> {
                List<LabelledSequence> some = spread(own, A_WORKLOAD);
                learnt.addAll(some);
                learnt.addAll(spread(pairs.getOrDefault(workload, List.of()), A_WORKLOAD - some.size()));
            });
            List<LabelledSequence> priced = new ArrayList<>();
            List<LabelledSequence> judged = new ArrayList<>();
            byWorkload(heldOut).values().forEach(own -> {
                // By hash: traffic that comes in turns would give each half another kind.
                own.sort(Comparator.comparingLong(LabelledSequence::promptHash));
                for (int i = 0; i < own.size(); i++) {
                    (i % 2 == 0 ? priced : judged).add(own.get(i));
                }
            });
            return new Sequences(learnt, priced, judged);
        }

        /** Why no head can be learnt from them; empty when one can. */
        public String objection() {
            int heldOut = priced.size() + judged.size();
            return learnt.size() >= LEAST_LEARNT && heldOut >= LEAST_HELD_OUT
                    ? ""
                    : "no ask head can be learnt from " + learnt.size() + " sequences and priced on " + heldOut
                            + " held-out ones, expected at least " + LEAST_LEARNT + " and " + LEAST_HELD_OUT
                            + "; send verified answers or enable audits";
        }

        private static SortedMap<String, List<LabelledSequence>> byWorkload(List<LabelledSequence> all) {
            SortedMap<String, List<LabelledSequence>> byWorkload = new TreeMap<>();
            all.forEach(one -> byWorkload
                    .computeIfAbsent(one.workload(), name -> new ArrayList<>())
                    .add(one));
            return byWorkload;
        }

        /** At most {@code most} of them, evenly spread. */
        private static List<LabelledSequence> spread(List<LabelledSequence> all, int most) {
            if (all.size() <= most) {
                return all;
            }
            List<LabelledSequence> some = new ArrayList<>(most);
            for (int i = 0; i < most; i++) {
                some.add(all.get((int) ((long) i * all.size() / most)));
            }
            return some;
        }
    }

    /**
     * Prepares learning; nothing is read yet.
     *
     * @param candidate the finished weights; stays the caller's
     * @param sequences without objection
     */
    public CandidateHead(LanguageModel candidate, Sequences sequences, AskPlan plan) {
        int context = candidate.shape().context();
        this.sequences = new Sequences(
                fitting(sequences.learnt(), context),
                fitting(sequences.priced(), context),
                fitting(sequences.judged(), context));
        reading = new AskReading(candidate);
        learning = new HeadLearning(plan);
    }

    /** One unit of bounded work; false when the head is learnt. */
    public boolean step() {
        if (read(sequences.learnt(), learnt) || read(sequences.priced(), priced) || read(sequences.judged(), judged)) {
            return true;
        }
        HeadLearning.Course running = course;
        if (running == null) {
            running = learning.begin(learnt, priced, AskLevels.usual());
            course = running;
        }
        if (!running.step() && head == null) {
            head = running.head();
        }
        return head == null;
    }

    private static List<LabelledSequence> fitting(List<LabelledSequence> all, int context) {
        return all.stream().filter(one -> one.length() - 1 <= context).toList();
    }

    /** Reads the next slice; false when all are read. */
    private boolean read(List<LabelledSequence> all, List<AskEvidence> read) {
        int from = read.size();
        if (from == all.size()) {
            return false;
        }
        read.addAll(reading.read(all.subList(from, Math.min(all.size(), from + SLICE))));
        return true;
    }

    /** The head with its prices; only after the last unit. */
    public PricedHead head() {
        PricedHead complete = head;
        if (complete == null) {
            throw new IllegalStateException("[BUG] the ask head of a candidate is asked for before it is learnt");
        }
        return complete;
    }

    /** Evidence that neither the head nor its prices have seen; only after the last unit. */
    public List<AskEvidence> judged() {
        return List.copyOf(judged);
    }
}
