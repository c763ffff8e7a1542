package dev.understudy.distil.path;

/**
 * Path residuals and the slopes of their squared sum: the loss of path consistency learning.
 *
 * <pre>
 *     C(i, j) = -V(s_i) + V(s_j) + Σ_{k=i}^{j-1} ρ_k        loss = Σ C² / 2
 * </pre>
 *
 * <p>Nachum et al. 2017 (arXiv 1702.08892, equation 15). Dynamics are deterministic, so C = 0 on every path exactly
 * when policy and values are optimal, whoever wrote the path: no importance weights. Every start of a path has a window
 * of at most d decisions, shorter at its end. A window never spans a position that is not counted, and such a position
 * adds exactly nothing to loss and slopes. Slopes are those of the clipped loss. Owned by one thread; sums grow until
 * {@link #clear}.
 */
public final class PathResiduals {
    /** Windows that reach to the end of the path. */
    public static final int WHOLE = Integer.MAX_VALUE;

    /** Whether the value at a window's end is trained too. */
    public enum Bootstrap {
        /**
         * It is a target (semi-gradient): the only unbiased choice when replies of the teacher are drawn, because then
         * C vanishes only in expectation and its square would pull the two values together.
         */
        DETACHED,
        /** It is trained; for greedy replies only. */
        FULL
    }

    private final int window;
    private final double clip;
    private final Bootstrap bootstrap;
    private long windows;
    private double squares;

    /**
     * @param window d, most decisions of a window, at least 1, or {@link #WHOLE}
     * @param clip largest |C| in the slopes, in nats, above 0
     */
    public PathResiduals(int window, double clip, Bootstrap bootstrap) {
        if (window < 1 || !(clip > 0)) {
            throw new IllegalArgumentException("distil.pcl.window is " + window + " and distil.pcl.residual-clip is "
                    + clip + "; expected at least 1 and above 0.");
        }
        this.window = window;
        this.clip = clip;
        this.bootstrap = bootstrap;
    }

    /**
     * One sequence as the loss sees it. Arrays are not copied; {@code termSlopes} and {@code valueSlopes} are added to.
     *
     * @param terms [N] ρ of each decision, in nats
     * @param values [N + 1] V before each decision and after the last one: 0 where the sequence is over, the student's
     *     own estimate where it was cut
     * @param counted [N] whether the decision may stand in a window
     * @param termSlopes [N] slope of the loss in each term
     * @param valueSlopes [N + 1] slope of the loss in each value
     */
    public record Path(double[] terms, double[] values, boolean[] counted, double[] termSlopes, double[] valueSlopes) {
        public Path {
            int n = terms.length;
            if (values.length != n + 1
                    || counted.length != n
                    || termSlopes.length != n
                    || valueSlopes.length != n + 1) {
                throw new IllegalArgumentException("[BUG] path of " + n + " terms, " + values.length + " values, "
                        + counted.length + " marks, " + termSlopes.length + " and " + valueSlopes.length + " slopes");
            }
        }

        /** A path with slopes of zero. */
        public static Path of(double[] terms, double[] values, boolean[] counted) {
            return new Path(terms, values, counted, new double[terms.length], new double[values.length]);
        }
    }

    /** C(i, j) in nats; {@code 0 <= i < j <= N}. */
    public static double residual(Path path, int i, int j) {
        double sum = path.values[j] - path.values[i];
        for (int k = i; k < j; k++) {
            sum += path.terms[k];
        }
        return sum;
    }

    /** Adds the windows of every start. */
    public void add(Path path) {
        for (int start = 0; start < path.terms.length; start++) {
            addFrom(path, start);
        }
    }

    /** Adds the one window that starts at {@code start}; nothing when that decision is not counted. */
    public void addFrom(Path path, int start) {
        int end = start;
        while (end < path.terms.length && end - start < window && path.counted[end]) {
            end++;
        }
        if (end == start) {
            return;
        }
        double residual = residual(path, start, end);
        double pull = Math.max(-clip, Math.min(clip, residual));
        windows++;
        squares += residual * residual;
        for (int k = start; k < end; k++) {
            path.termSlopes[k] += pull;
        }
        path.valueSlopes[start] -= pull;
        if (bootstrap == Bootstrap.FULL) {
            path.valueSlopes[end] += pull;
        }
    }

    /** Windows since the last {@link #clear}: what sums of slopes are divided by. */
    public long windows() {
        return windows;
    }

    /** Root of the mean squared residual, unclipped, in nats; 0 without a window. */
    public double rootMeanSquare() {
        return windows == 0 ? 0 : Math.sqrt(squares / windows);
    }

    public void clear() {
        windows = 0;
        squares = 0;
    }
}
