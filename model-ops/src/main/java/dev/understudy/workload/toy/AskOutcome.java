package dev.understudy.workload.toy;

import java.util.function.IntToDoubleFunction;

/**
 * What a rate of asking in each state leads to, exactly: the text's law is {@code (1 - u) q + u p_T}.
 *
 * @param use asks per output token
 * @param divergence KL of the emitted text to the teacher, over whole sequences, in nats
 * @param onHard rate of asking on hard states, weighted by visits
 * @param onEasy the same on the others
 */
record AskOutcome(double use, double divergence, double onHard, double onEasy) {
    static AskOutcome of(ToyStudent student, IntToDoubleFunction ask) {
        ToyTree tree = student.tree();
        double[] visits = new double[ToyTree.STATES];
        visits[0] = 1;
        double asks = 0;
        double divergence = 0;
        double[] asked = new double[2];
        double[] seen = new double[2];
        for (int state = 0; state < ToyTree.STATES; state++) {
            double u = ask.applyAsDouble(state);
            int kind = ToyTree.isHard(state) ? 0 : 1;
            asks += visits[state] * u;
            asked[kind] += visits[state] * u;
            seen[kind] += visits[state];
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                double emitted = (1 - u) * student.own()[state][a] + u * tree.teacher(state, a);
                divergence += visits[state] * emitted * (Math.log(emitted) - tree.logTeacher(state)[a]);
                int next = tree.next(state, a);
                if (next != ToyTree.TERMINAL) {
                    visits[next] += visits[state] * emitted;
                }
            }
        }
        return new AskOutcome(asks / ToyTree.LENGTH, divergence, asked[0] / seen[0], asked[1] / seen[1]);
    }
}
