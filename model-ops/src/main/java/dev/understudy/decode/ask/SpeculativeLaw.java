package dev.understudy.decode.ask;

/**
 * The arithmetic of speculative decoding (Leviathan et al. 2023, sections 3.1 to 3.3 and A.5): p is the teacher's law,
 * q the student's, l the lenience in (0, 1] by which q is scaled, alpha the probability that a draft stands, gamma the
 * drafts of a block.
 */
public final class SpeculativeLaw {
    private SpeculativeLaw() {}

    /** Probability that a draft stands: sum of min(p / l, q); 1 - the total variation of p and q at l = 1. */
    public static double acceptance(double[] p, double[] q, double lenience) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.min(p[i] / lenience, q[i]);
        }
        return sum;
    }

    /** The law that a fallen draft is redrawn from: norm(max(0, p - l q)); p where nothing is left. */
    public static double[] residual(double[] p, double[] q, double lenience) {
        double[] residual = new double[p.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            residual[i] = Math.max(0, p[i] - lenience * q[i]);
            sum += residual[i];
        }
        if (sum <= 0) {
            return p.clone();
        }
        for (int i = 0; i < p.length; i++) {
            residual[i] /= sum;
        }
        return residual;
    }

    /** The law of the token that is written: p exactly at l = 1. */
    public static double[] output(double[] p, double[] q, double lenience) {
        double[] output = residual(p, q, lenience);
        double fallen = 1 - acceptance(p, q, lenience);
        for (int i = 0; i < p.length; i++) {
            output[i] = output[i] * fallen + Math.min(p[i] / lenience, q[i]);
        }
        return output;
    }

    /** Tokens that one forward of the teacher yields, equation 1: (1 - alpha^(gamma + 1)) / (1 - alpha). */
    public static double tokensPerForward(double alpha, int gamma) {
        return alpha == 1 ? gamma + 1 : (1 - Math.pow(alpha, gamma + 1)) / (1 - alpha);
    }

    /** Share of the tokens that the teacher writes: one a forward. */
    public static double teacherShare(double alpha, int gamma) {
        return 1 / tokensPerForward(alpha, gamma);
    }

    /**
     * Draws by the inverse of the cumulative distribution, in the order of ids.
     *
     * @param law [V] probabilities
     * @param draw uniform in [0, 1)
     */
    static int draw(double[] law, double draw) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < law.length; i++) {
            if (law[i] > 0) {
                sum += law[i];
                last = i;
                if (sum > draw) {
                    return i;
                }
            }
        }
        return last;
    }
}
