package dev.understudy.workload.toy;

/**
 * The reference toy: sequences of four tokens out of three, with a teacher's law in each of the 40 prefixes. States are
 * numbered breadth first, the empty prefix is state 0. In the variant with an end, token 2 ends the sequence.
 * Immutable; arrays that it gives out must not be modified.
 */
public final class ToyTree {
    static final int TOKENS = 3;
    static final int LENGTH = 4;
    static final int STATES = 40;
    /** What follows the last token. */
    static final int TERMINAL = -1;

    private static final int END = 2;

    private final double[][] logTeacher;
    private final boolean ends;

    private ToyTree(double[][] logTeacher, boolean ends) {
        this.logTeacher = logTeacher;
        this.ends = ends;
    }

    /** Teacher logits {@code 1.5 sin(0.7 h + 1.3 a + 0.4 t)} with {@code h = Σ i (x_i + 1)}; no end token. */
    public static ToyTree reference() {
        double[][] laws = new double[STATES][];
        for (int state = 0; state < STATES; state++) {
            double[] logits = new double[TOKENS];
            for (int a = 0; a < TOKENS; a++) {
                logits[a] = 1.5 * Math.sin(0.7 * weight(state) + 1.3 * a + 0.4 * depth(state));
            }
            laws[state] = ToyStream.logLaw(logits);
        }
        return new ToyTree(laws, false);
    }

    /** Teacher laws softmax(1.5 normal), drawn in the order of the states. */
    static ToyTree random(ToyStream stream) {
        double[][] laws = stream.normals(STATES, TOKENS);
        for (int state = 0; state < STATES; state++) {
            double[] logits = laws[state].clone();
            for (int a = 0; a < TOKENS; a++) {
                logits[a] *= 1.5;
            }
            laws[state] = ToyStream.logLaw(logits);
        }
        return new ToyTree(laws, false);
    }

    /** The same teacher where token 2 ends the sequence. */
    ToyTree withEnd() {
        return new ToyTree(logTeacher, true);
    }

    /** log p_T [3] in a state. */
    double[] logTeacher(int state) {
        return logTeacher[state];
    }

    double teacher(int state, int token) {
        return Math.exp(logTeacher[state][token]);
    }

    /** The teacher's most probable token. */
    int greedy(int state) {
        int best = 0;
        for (int a = 1; a < TOKENS; a++) {
            if (logTeacher[state][a] > logTeacher[state][best]) {
                best = a;
            }
        }
        return best;
    }

    /** State after a token, or {@link #TERMINAL}. */
    int next(int state, int token) {
        if (depth(state) == LENGTH - 1 || (ends && token == END)) {
            return TERMINAL;
        }
        return 3 * state + 1 + token;
    }

    /** Whether the state can be reached; without an end all can. */
    boolean reachable(int state) {
        int at = state;
        while (ends && at > 0) {
            if ((at - 1) % TOKENS == END) {
                return false;
            }
            at = (at - 1) / TOKENS;
        }
        return true;
    }

    /** Where h + t is even, 18 of 40 states: what the capacity-limited student finds hard. */
    static boolean isHard(int state) {
        return (weight(state) + depth(state)) % 2 == 0;
    }

    static int depth(int state) {
        int depth = 0;
        for (int at = state; at > 0; at = (at - 1) / TOKENS) {
            depth++;
        }
        return depth;
    }

    /** h = Σ i (x_i + 1) over the prefix. */
    private static int weight(int state) {
        int h = 0;
        int i = depth(state);
        for (int at = state; at > 0; at = (at - 1) / TOKENS) {
            h += i * ((at - 1) % TOKENS + 1);
            i--;
        }
        return h;
    }
}
