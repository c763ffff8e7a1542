package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.path.PathTerms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Learns a {@link PricedHead} from evidence: the doubt by logistic regression on "the student's token is worse than the
 * teacher's by more than the floor", the remaining errors by least squares on their count, from sequences whose end is
 * known. Then one price a level on evidence that was not learnt from. Deterministic in plan and evidence.
 */
public final class HeadLearning {
    private static final int SAMPLE = 256;

    private final AskPlan plan;

    public HeadLearning(AskPlan plan) {
        this.plan = plan;
    }

    /**
     * Learns and prices at once.
     *
     * @param evidence at least one sequence
     * @param heldOut sequences for the prices, at least one
     * @param levels ascending shares in (0, 1)
     */
    public PricedHead learn(List<AskEvidence> evidence, List<AskEvidence> heldOut, double[] levels) {
        Course course = begin(evidence, heldOut, levels);
        for (boolean more = true; more; ) {
            more = course.step();
        }
        return course.head();
    }

    /** Like {@link #learn}, to be done step by step; both give the same head. */
    public Course begin(List<AskEvidence> evidence, List<AskEvidence> heldOut, double[] levels) {
        if (evidence.isEmpty() || heldOut.isEmpty()) {
            throw new IllegalArgumentException("An ask head cannot be learnt from " + evidence.size()
                    + " sequences and priced on " + heldOut.size()
                    + "; expected at least one of each. Show more sequences to the teacher.");
        }
        NetworkTraining.Standard standard = standard(evidence);
        NetworkTraining doubt = new NetworkTraining(standard, plan.units(), plan.seed());
        NetworkTraining remaining = new NetworkTraining(standard, plan.units(), plan.seed() + 1);
        remaining.silence();
        List<AskEvidence> whole = evidence.stream().filter(AskEvidence::whole).toList();
        return new Course(
                new Fit(doubt, evidence, this::doubtSlopes),
                new Fit(remaining, whole, this::remainingSlopes),
                () -> priced(doubt, remaining, heldOut, levels));
    }

    /** A head under training. Owned by one thread. */
    public static final class Course {
        private final Fit doubt;
        private final Fit remaining;
        private final Supplier<PricedHead> pricing;

        private Course(Fit doubt, Fit remaining, Supplier<PricedHead> pricing) {
            this.doubt = doubt;
            this.remaining = remaining;
            this.pricing = pricing;
        }

        /** One optimiser step of bounded work; false when nothing is left to learn. */
        public boolean step() {
            return doubt.step() || remaining.step();
        }

        /** The head with its prices; only after the last step. */
        public PricedHead head() {
            if (doubt.isOpen() || remaining.isOpen()) {
                throw new IllegalStateException("[BUG] an ask head is asked for before its last step");
            }
            return pricing.get();
        }
    }

    /** A head that has learnt nothing, with prices found all the same: what learning is held against. */
    public PricedHead unlearnt(List<AskEvidence> evidence, List<AskEvidence> heldOut, double[] levels) {
        NetworkTraining.Standard standard = standard(evidence);
        return priced(
                new NetworkTraining(standard, plan.units(), plan.seed()),
                new NetworkTraining(standard, plan.units(), plan.seed() + 1),
                heldOut,
                levels);
    }

    private PricedHead priced(
            NetworkTraining doubt, NetworkTraining remaining, List<AskEvidence> heldOut, double[] levels) {
        AskLevels none = new AskLevels(new double[] {0.5}, new double[] {0.5}, new double[] {0});
        PricedHead head = new PricedHead(doubt.network(), remaining.network(), none);
        return head.priced(new AskCalibration(heldOut, plan.floor()).levels(head, levels));
    }

    /** Means and deviations over a part of the evidence. */
    static NetworkTraining.Standard standard(List<AskEvidence> evidence) {
        List<float[]> sample = new ArrayList<>();
        int stride = Math.max(1, evidence.size() / SAMPLE);
        for (int i = 0; i < evidence.size(); i += stride) {
            Collections.addAll(sample, evidence.get(i).inputs());
        }
        return NetworkTraining.Standard.of(sample, sample.get(0).length);
    }

    /** Adds the slopes of one sequence and returns its number of positions. */
    interface Slopes {
        int add(NetworkTraining network, AskEvidence evidence);
    }

    /** Steps of one network through shuffled evidence. */
    private final class Fit {
        private final NetworkTraining network;
        private final Slopes slopes;
        private final Random random = new Random(plan.seed());
        private final List<AskEvidence> order;
        private final long total;
        private long done;
        private int at;

        Fit(NetworkTraining network, List<AskEvidence> evidence, Slopes slopes) {
            this.network = network;
            this.slopes = slopes;
            order = new ArrayList<>(evidence);
            at = order.size();
            total = order.isEmpty() ? 0 : plan.stepsFor(order.size());
        }

        boolean isOpen() {
            return done < total;
        }

        boolean step() {
            if (!isOpen()) {
                return false;
            }
            int positions = 0;
            for (int i = 0; i < plan.batch(); i++) {
                if (at == order.size()) {
                    Collections.shuffle(order, random);
                    at = 0;
                    if (i > 0) {
                        break;
                    }
                }
                positions += slopes.add(network, order.get(at++));
            }
            network.step(plan.learningRateAt(done, total), positions);
            done++;
            return true;
        }
    }

    private int doubtSlopes(NetworkTraining network, AskEvidence evidence) {
        for (int t = 0; t < evidence.size(); t++) {
            double output = network.forward(evidence.inputs()[t]);
            double label = evidence.differs(t, plan.floor()) ? 1 : 0;
            network.backward(PathTerms.sigmoid(output) - label);
        }
        return evidence.size();
    }

    private int remainingSlopes(NetworkTraining network, AskEvidence evidence) {
        int after = 0;
        for (int t = evidence.size() - 1; t >= 0; t--) {
            double output = network.forward(evidence.inputs()[t]);
            network.backward(output - after);
            after += evidence.differs(t, plan.floor()) ? 1 : 0;
        }
        return evidence.size();
    }
}
