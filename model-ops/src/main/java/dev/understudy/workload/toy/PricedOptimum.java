package dev.understudy.workload.toy;

import dev.understudy.distil.path.AskMultiplier.Constraint;
import dev.understudy.distil.path.PathTerms;

/**
 * The exact optimum of a student whose own law is fixed and who learns only when to ask; replies are drawn, an ask
 * earns nothing but its value. Its logit obeys
 *
 * <pre>
 *     logit u(s) = [ KL(q || p_T) - λ + E_{p_T} V(s') - E_q V(s') ] / κ_a
 * </pre>
 */
final class PricedOptimum {
    private final ToyStudent student;
    private final double price;
    private final double kappaAsk;
    private final double[] values = new double[ToyTree.STATES];
    private final double[] logits = new double[ToyTree.STATES];

    /**
     * @param price λ in nats
     * @param kappaAsk κ_a
     */
    PricedOptimum(ToyStudent student, double price, double kappaAsk) {
        this.student = student;
        this.price = price;
        this.kappaAsk = kappaAsk;
        for (int state = ToyTree.STATES - 1; state >= 0; state--) {
            double own = -student.divergence(state) + expected(state, student.own()[state]);
            double ask = -price + expected(state, teacher(state));
            logits[state] = (ask - own) / kappaAsk;
            values[state] = kappaAsk * ToyStream.logSumExp(own / kappaAsk, ask / kappaAsk);
        }
    }

    /** The optimum at the price at which exactly {@code budget} is used. */
    static PricedOptimum atBudget(ToyStudent student, double budget, double kappaAsk) {
        double low = -50;
        double high = 50;
        for (int i = 0; i < 200; i++) {
            double middle = (low + high) / 2;
            boolean dear =
                    new PricedOptimum(student, middle, kappaAsk).outcome().use() > budget;
            low = dear ? middle : low;
            high = dear ? high : middle;
        }
        return new PricedOptimum(student, (low + high) / 2, kappaAsk);
    }

    double price() {
        return price;
    }

    AskOutcome outcome() {
        return AskOutcome.of(student, state -> PathTerms.sigmoid(logits[state]));
    }

    /** Largest difference between the logits and the identity above. */
    double identityError() {
        double most = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            double gain = student.divergence(state)
                    - price
                    + expected(state, teacher(state))
                    - expected(state, student.own()[state]);
            most = Math.max(most, Math.abs(logits[state] - gain / kappaAsk));
        }
        return most;
    }

    private double expected(int state, double[] law) {
        double sum = 0;
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            int next = student.tree().next(state, a);
            sum += law[a] * (next == ToyTree.TERMINAL ? 0 : values[next]);
        }
        return sum;
    }

    private double[] teacher(int state) {
        double[] law = new double[ToyTree.TOKENS];
        for (int a = 0; a < law.length; a++) {
            law[a] = student.tree().teacher(state, a);
        }
        return law;
    }

    /**
     * The same with the number of asks in the state, so that a price may depend on it.
     *
     * @param asks expected asks of a sequence
     * @param overdraft probability of more asks than the allowance
     */
    record Counted(double asks, double overdraft) {
        static Counted of(
                ToyStudent student, Constraint constraint, double multiplier, int allowance, double kappaAsk) {
            double[][] values = new double[ToyTree.LENGTH + 2][ToyTree.STATES];
            double[][] asked = new double[ToyTree.LENGTH + 2][ToyTree.STATES];
            for (int state = ToyTree.STATES - 1; state >= 0; state--) {
                for (int count = 0; count <= ToyTree.depth(state); count++) {
                    double own = -student.divergence(state);
                    double ask = -constraint.price(multiplier, count, allowance);
                    for (int a = 0; a < ToyTree.TOKENS; a++) {
                        int next = student.tree().next(state, a);
                        if (next != ToyTree.TERMINAL) {
                            own += student.own()[state][a] * values[count][next];
                            ask += student.tree().teacher(state, a) * values[count + 1][next];
                        }
                    }
                    asked[count][state] = PathTerms.sigmoid((ask - own) / kappaAsk);
                    values[count][state] = kappaAsk * ToyStream.logSumExp(own / kappaAsk, ask / kappaAsk);
                }
            }
            return forward(student, asked, allowance);
        }

        private static Counted forward(ToyStudent student, double[][] asked, int allowance) {
            double[][] visits = new double[ToyTree.LENGTH + 2][ToyTree.STATES];
            visits[0][0] = 1;
            double asks = 0;
            double overdraft = 0;
            for (int state = 0; state < ToyTree.STATES; state++) {
                for (int count = 0; count <= ToyTree.depth(state); count++) {
                    double u = asked[count][state];
                    double visit = visits[count][state];
                    asks += visit * u;
                    for (int a = 0; a < ToyTree.TOKENS; a++) {
                        int next = student.tree().next(state, a);
                        double own = visit * (1 - u) * student.own()[state][a];
                        double teacher = visit * u * student.tree().teacher(state, a);
                        if (next == ToyTree.TERMINAL) {
                            overdraft += (count > allowance ? own : 0) + (count + 1 > allowance ? teacher : 0);
                        } else {
                            visits[count][next] += own;
                            visits[count + 1][next] += teacher;
                        }
                    }
                }
            }
            return new Counted(asks, overdraft);
        }
    }
}
