package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;
import java.io.Serializable;
import java.util.List;

/**
 * A divergence D(p, q) in nats from the teacher's law p to the student's law q over one set of ids. Values and
 * gradients here are exact, for tests and for figures; {@link #loss} is the same divergence as a training step takes
 * it.
 */
public sealed interface Divergence extends Serializable
        permits ForwardKl, ReverseKl, GeneralizedJsd, SkewKl, SkewReverseKl {
    /** Every value of {@code distil.divergence.kind}. */
    List<String> KINDS = List.of("forward-kl", "reverse-kl", "generalised-jsd", "skew-kl", "skew-reverse-kl");

    /**
     * The divergence of a configuration. A generalised JSD at the ends of its range is forward or reverse KL itself,
     * not the limit that vanishes.
     *
     * @param kind value of {@code distil.divergence.kind}
     * @param beta share of the teacher in a generalised JSD, in [0, 1]; not read for other kinds
     * @param skew skew, in (0, 1); not read for other kinds
     * @throws IllegalArgumentException when the kind is unknown or its number out of range
     */
    static Divergence of(String kind, double beta, double skew) {
        return switch (kind) {
            case "forward-kl" -> new ForwardKl();
            case "reverse-kl" -> new ReverseKl();
            case "generalised-jsd" ->
                beta == 0 ? new ForwardKl() : beta == 1 ? new ReverseKl() : new GeneralizedJsd(beta);
            case "skew-kl" -> new SkewKl(skew);
            case "skew-reverse-kl" -> new SkewReverseKl(skew);
            default ->
                throw new IllegalArgumentException("distil.divergence.kind: '" + kind + "' is unknown, expected one of "
                        + String.join(", ", KINDS) + ".");
        };
    }

    /** The name in {@code distil.divergence.kind}. */
    String kind();

    /** Its beta or skew; 0 where it has neither. */
    double parameter();

    /**
     * D(p, q) in nats; {@code POSITIVE_INFINITY} where it has no bound.
     *
     * @param teacher law p, sums to 1
     * @param student law q over the same ids, sums to 1
     */
    double nats(double[] teacher, double[] student);

    /**
     * The derivative of D by q(v), but for a constant that is the same for all ids.
     *
     * @param teacher p(v)
     * @param student q(v), above 0
     */
    double slope(double teacher, double student);

    /** The same divergence for a training step at temperature 1. */
    TokenLoss loss();

    /**
     * Gradient of D by the student's logits z, where q = softmax(z): {@code q(v) (slope(v) - sum_u q(u) slope(u))}.
     *
     * @return one entry an id; they sum to 0
     */
    default double[] gradient(double[] teacher, double[] student) {
        double[] slopes = new double[student.length];
        double mean = 0;
        for (int v = 0; v < slopes.length; v++) {
            slopes[v] = student[v] == 0 ? 0 : slope(teacher[v], student[v]);
            mean += student[v] * slopes[v];
        }
        double[] gradient = new double[slopes.length];
        for (int v = 0; v < gradient.length; v++) {
            gradient[v] = student[v] * (slopes[v] - mean);
        }
        return gradient;
    }
}
