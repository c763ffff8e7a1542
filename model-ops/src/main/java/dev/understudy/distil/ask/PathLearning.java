package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.path.AskMultiplier;
import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Stage 2 of learned asking, on a head that stage 1 has taught, for drawn asks: constrained path consistency learning
 * (Nachum et al. 2017, arXiv 1702.08892; the constraint after Liu et al. 2025, arXiv 2502.17717). Each step takes one
 * budget, paths that the student itself wrote under it and as many demonstrations, and lowers the one-step residuals of
 * both; the budget's multiplier climbs on what the student itself spent, never on demonstrations.
 *
 * <p>The own-token term is its expectation, -KL(own || teacher): a single wrong token costs ten nats and drowns the
 * rest. An ask earns nothing (R2), and the value of the next state is a target (semi-gradient). The policy is the
 * served one, {@code logit u = logit(worth) - logit(price)}: the doubt and one price a budget are trained, the survival
 * of the text so far is taken as given. Deterministic in plan and paths; owned by one thread.
 */
public final class PathLearning {
    private static final double CLIP = 10;
    private static final double LOST = -50;
    private static final double PRICE_RATE = 0.1;
    private static final double DEAREST = 1 - 1e-6;
    private static final double CHEAPEST = 1e-9;

    private final Plan plan;
    private final Paths paths;
    private final PathTerms terms;

    /** What a student writes by itself, as evidence with the asks that it drew. */
    @FunctionalInterface
    public interface Paths {
        /**
         * Some paths, at least one.
         *
         * @param head that decides
         * @param level budget that it is told
         * @param count wanted
         */
        List<AskEvidence> under(PricedHead head, double level, int count);
    }

    /**
     * Settings of stage 2.
     *
     * @param steps optimiser steps, at least 1
     * @param batch own paths of a step, and demonstrations, at least 1
     * @param learningRate of both networks, above 0
     * @param kappaAsk temperature of the ask decision, in (0, 10]
     * @param ascent step of the multipliers in nats a unit of use, at least 0; 0 leaves them where they start
     * @param bounds of the multipliers; they start at the lower one
     * @param floor nats of regret above which a demonstration asks
     */
    public record Plan(
            int steps,
            int batch,
            double learningRate,
            double kappaAsk,
            double ascent,
            AskMultiplier.Bounds bounds,
            double floor) {
        public Plan {
            if (steps < 1 || batch < 1 || !(learningRate > 0 && ascent >= 0 && floor > 0)) {
                throw new IllegalArgumentException("Stage 2 of asking with " + steps + " steps of " + batch
                        + " paths, rate " + learningRate + ", ascent " + ascent + ", floor " + floor
                        + "; expected at least 1 twice, above 0, at least 0, above 0.");
            }
        }

        /** 60 steps of 48 paths, rate 1e-3, temperature 0.1, ascent 3, multipliers in [0.3, 10] nats, floor 1 nat. */
        public static Plan defaults() {
            return new Plan(60, 48, 1e-3, 0.1, 3, new AskMultiplier.Bounds(0.3, 10, 0.7), 1);
        }

        /** The same with all multipliers at 0 for ever: asking costs nothing. */
        public Plan frozen() {
            return new Plan(steps, batch, learningRate, kappaAsk, 0, new AskMultiplier.Bounds(0, 10, 0.7), floor);
        }
    }

    public PathLearning(Plan plan, Paths paths) {
        this.plan = plan;
        this.paths = paths;
        terms = new PathTerms(1, plan.kappaAsk());
    }

    /**
     * Trains on own paths and on demonstrations.
     *
     * @param head what stage 1 has learnt; its prices are where the drawn policy starts
     * @param evidence along recorded texts, at least one
     * @return the head with the prices of drawn asks; their use is not measured
     */
    public PricedHead learn(PricedHead head, List<AskEvidence> evidence) {
        Learner learner = new Learner(head);
        double[] levels = head.levels().levels();
        List<AskMultiplier> multipliers = new ArrayList<>();
        for (double level : levels) {
            multipliers.add(new AskMultiplier(level, plan.bounds().floor(), plan.bounds()));
        }
        Random random = new Random(plan.steps());
        for (int step = 0; step < plan.steps(); step++) {
            int level = step % levels.length;
            AskMultiplier multiplier = multipliers.get(level);
            List<AskEvidence> own = paths.under(learner.head(), levels[level], plan.batch());
            int asks = own.stream().mapToInt(PathLearning::asks).sum();
            multiplier.observe(asks, own.stream().mapToInt(AskEvidence::size).sum());
            PathResiduals residuals = new PathResiduals(1, CLIP, Bootstrap.DETACHED);
            for (AskEvidence path : own) {
                add(learner, path, level, multiplier.price(), residuals);
            }
            for (int i = 0; i < plan.batch(); i++) {
                AskEvidence recorded = evidence.get(random.nextInt(evidence.size()));
                add(learner, demonstration(recorded), level, multiplier.price(), residuals);
            }
            learner.step(plan.learningRate(), residuals.windows(), level);
            multiplier.ascend(plan.ascent());
        }
        return learner.head();
    }

    /** Adds the slopes of one path; every decision is a window of its own. */
    private void add(Learner learner, AskEvidence path, int level, double price, PathResiduals residuals) {
        int count = path.size();
        double[] logits = new double[count];
        double[] chain = new double[count];
        double[] rho = new double[count];
        double[] values = new double[count + 1];
        double survival = 0;
        boolean good = true;
        for (int t = 0; t < count; t++) {
            double output = learner.doubt.forward(path.inputs()[t]);
            double worth = PricedHead.worth(output, learner.remaining(path.inputs()[t]), survival);
            double others = -Math.expm1(Math.min(worth, -1e-12));
            logits[t] = worth - Math.log(others) - learner.prices[level];
            // d logit(worth) / d output, since d log worth / d output = 1 - e
            chain[t] = (1 - PathTerms.sigmoid(output)) / others;
            rho[t] = path.asked()[t]
                    ? terms.ask(AskReward.ZERO.of(0), price, logits[t])
                    : terms.own(-path.divergence()[t], 0, logits[t]);
            values[t] = learner.value.forward(learner.priced(path.inputs()[t], price));
            if (path.asked()[t]) {
                survival = good ? 0 : LOST;
            } else {
                survival += Math.log1p(-PricedHead.doubt(output));
                good &= !path.differs(t, plan.floor());
            }
        }
        boolean[] counted = new boolean[count];
        Arrays.fill(counted, true);
        // Where the end was cut off nothing is known of what follows.
        counted[count - 1] = path.whole();
        Path slopes = Path.of(rho, values, counted);
        residuals.add(slopes);
        for (int t = 0; t < count; t++) {
            double ofTerm = path.asked()[t] ? terms.askSlope(logits[t]) : terms.ownSlope(logits[t]);
            double slope = slopes.termSlopes()[t] * ofTerm / (1 + price);
            learner.doubt.forward(path.inputs()[t]);
            learner.doubt.backward(slope * chain[t]);
            learner.slopes[level] -= slope;
            learner.value.forward(learner.priced(path.inputs()[t], price));
            learner.value.backward(slopes.valueSlopes()[t]);
        }
    }

    private AskEvidence demonstration(AskEvidence recorded) {
        boolean[] asked = new boolean[recorded.size()];
        for (int t = 0; t < asked.length; t++) {
            asked[t] = recorded.differs(t, plan.floor());
        }
        return recorded.withAsked(asked);
    }

    private static int asks(AskEvidence path) {
        int asks = 0;
        for (boolean asked : path.asked()) {
            asks += asked ? 1 : 0;
        }
        return asks;
    }

    /** Everything that is trained: the doubt, the value network, and a price a budget. */
    private static final class Learner {
        private final PricedHead before;
        private final NetworkTraining doubt;
        private final NetworkTraining value;
        private final double[] prices;
        private final double[] slopes;
        private final float[] work;

        Learner(PricedHead head) {
            before = head;
            doubt = NetworkTraining.of(head.doubt());
            value = NetworkTraining.silent(head.doubt(), 1);
            prices = Arrays.stream(head.levels().prices())
                    .map(price -> Math.log(price / (1 - price)))
                    .toArray();
            slopes = new double[prices.length];
            work = new float[head.remaining().units()];
        }

        double remaining(float[] input) {
            return before.remaining().of(input, 0, work);
        }

        /** Input of the value network: what an ask costs decides what the future is worth. */
        float[] priced(float[] input, double price) {
            float[] wider = Arrays.copyOf(input, input.length + 1);
            wider[input.length] = (float) price;
            return wider;
        }

        void step(double rate, double windows, int level) {
            doubt.step(rate, windows);
            value.step(rate, windows);
            // A price has a slope of its own scale: only its direction counts.
            prices[level] -= PRICE_RATE * Math.signum(slopes[level]);
            slopes[level] = 0;
        }

        PricedHead head() {
            double[] own = Arrays.stream(prices)
                    .map(logit -> Math.max(CHEAPEST, Math.min(DEAREST, PathTerms.sigmoid(logit))))
                    .toArray();
            for (int l = 1; l < own.length; l++) {
                own[l] = Math.min(own[l], own[l - 1]);
            }
            AskLevels levels = before.levels();
            return new PricedHead(
                    doubt.network(), before.remaining(), new AskLevels(levels.levels(), own, levels.use()));
        }
    }
}
