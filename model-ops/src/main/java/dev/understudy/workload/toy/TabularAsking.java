package dev.understudy.workload.toy;

import dev.understudy.distil.path.AskMultiplier;
import dev.understudy.distil.path.AskMultiplier.Bounds;
import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;

/**
 * Constrained path consistency learning from drawn roll-outs, one logit of asking and one value a state: one-step
 * residuals, semi-gradient, price by dual ascent on the use of on-policy roll-outs. Slopes of a batch are summed over
 * visits and divided by 4 times the root of their number. Confined to one thread.
 */
final class TabularAsking {
    private static final int BATCH = 64;
    private static final int ITERATIONS = 4000;
    private static final double LARGEST_LOGIT = 8;
    private static final boolean[] ONE_STEP = {true};

    private final ToyStudent student;
    private final Rates rates;
    private final ToyStream stream;
    private final PathTerms terms;
    private final AskMultiplier multiplier;
    private final PathResiduals residuals = new PathResiduals(1, Double.MAX_VALUE, Bootstrap.DETACHED);
    private final double[] logits = new double[ToyTree.STATES];
    private final double[] values = new double[ToyTree.STATES];
    private double priceSum;
    private int prices;

    /**
     * Speeds, each falling as 1 / (1 + iteration / decay).
     *
     * @param logit of the logits of asking
     * @param value of the values
     * @param price of the dual ascent
     * @param priceDecay iterations after which the price moves at half speed
     * @param offPolicy part of the batch, in [0, 1], that asks at random with probability a half
     */
    record Rates(double logit, double value, double price, double priceDecay, double offPolicy) {}

    /** Whose decisions count as use of the budget. */
    @FunctionalInterface
    interface UseOf {
        boolean counts(boolean onPolicy);
    }

    TabularAsking(ToyStudent student, double budget, double kappaAsk, Rates rates, ToyStream stream) {
        this.student = student;
        this.rates = rates;
        this.stream = stream;
        terms = new PathTerms(1, kappaAsk);
        multiplier = new AskMultiplier(budget, 0, new Bounds(0, 1000, 0));
    }

    /** Learns to the end; the price follows on-policy use and is averaged over the last quarter. */
    TabularAsking learn() {
        return learn(onPolicy -> onPolicy);
    }

    TabularAsking learn(UseOf use) {
        for (int n = 0; n < ITERATIONS; n++) {
            iterate(n, use);
            if (n >= ITERATIONS * 3 / 4) {
                priceSum += multiplier.price();
                prices++;
            }
        }
        return this;
    }

    AskOutcome outcome() {
        return AskOutcome.of(student, state -> PathTerms.sigmoid(logits[state]));
    }

    double meanPrice() {
        return priceSum / prices;
    }

    private void iterate(int n, UseOf use) {
        double[] logitSlopes = new double[ToyTree.STATES];
        double[] valueSlopes = new double[ToyTree.STATES];
        int[] visits = new int[ToyTree.STATES];
        int asks = 0;
        int tokens = 0;
        int[] rows = new int[BATCH];
        for (int t = 0; t < ToyTree.LENGTH; t++) {
            double[] forAsks = stream.uniforms(BATCH);
            double[] forTokens = stream.uniforms(BATCH);
            for (int row = 0; row < BATCH; row++) {
                boolean onPolicy = row >= BATCH * rates.offPolicy();
                int state = rows[row];
                boolean ask = forAsks[row] < (onPolicy ? PathTerms.sigmoid(logits[state]) : 0.5);
                if (use.counts(onPolicy)) {
                    asks += ask ? 1 : 0;
                    tokens++;
                }
                visits[state]++;
                rows[row] = decide(state, ask, forTokens[row], logitSlopes, valueSlopes);
            }
        }
        double decay = 1 + n / 400.0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            if (visits[state] > 0) {
                double scale = 1 / (4 * Math.sqrt(visits[state]) * decay);
                logits[state] -= rates.logit() * scale * logitSlopes[state];
                logits[state] = Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, logits[state]));
                values[state] -= rates.value() * scale * valueSlopes[state];
            }
        }
        multiplier.observe(asks, tokens);
        multiplier.ascend(rates.price() / (1 + n / rates.priceDecay()));
    }

    /** One decision: draws the token, adds the slopes of its residual, returns the next state. */
    private int decide(int state, boolean ask, double point, double[] logitSlopes, double[] valueSlopes) {
        ToyTree tree = student.tree();
        int token = ToyStream.index(ask ? teacher(state) : student.own()[state], point);
        int next = tree.next(state, token);
        double logTeacher = tree.logTeacher(state)[token];
        double logit = logits[state];
        double term = ask
                ? terms.ask(AskReward.ZERO.of(logTeacher), multiplier.price(), logit)
                : terms.own(logTeacher, Math.log(student.own()[state][token]), logit);
        double after = next == ToyTree.TERMINAL ? 0 : values[next];
        Path path = Path.of(new double[] {term}, new double[] {values[state], after}, ONE_STEP);
        residuals.add(path);
        logitSlopes[state] += path.termSlopes()[0] * (ask ? terms.askSlope(logit) : terms.ownSlope(logit));
        valueSlopes[state] += path.valueSlopes()[0];
        return next;
    }

    private double[] teacher(int state) {
        double[] law = new double[ToyTree.TOKENS];
        for (int a = 0; a < law.length; a++) {
            law[a] = student.tree().teacher(state, a);
        }
        return law;
    }
}
