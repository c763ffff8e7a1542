package dev.understudy.lm.train;

/**
 * What a training step minimises at one position, in nats, between the teacher's law p and the student's law q of the
 * next token: {@code a KL(p || s p + (1-s) q) + b KL(q || r p + (1-r) q)}. Forward and reverse KL, the generalised
 * Jensen-Shannon divergence and the skewed ones are all of this form; {@code distil.divergence} names them.
 *
 * @param teacher weight a and share s of the term whose expectation is under the teacher
 * @param student weight b and share r of the term whose expectation is under the student
 * @param temperature divides the logits of both, in (0, 20]; there is no factor of its square. Other than 1 only where
 *     the whole law of the teacher is known
 */
public record TokenLoss(Term teacher, Term student, double temperature) {
    /** Forward KL at temperature 1; on a label it is the cross-entropy. */
    public static final TokenLoss FORWARD_KL = new TokenLoss(new Term(1, 0), Term.ABSENT, 1);

    private static final double HIGHEST_TEMPERATURE = 20;

    /**
     * One KL divergence to a mixture of both laws.
     *
     * @param weight factor of the divergence, at least 0
     * @param teacherShare part of the teacher's law in the mixture, in [0, 1]
     */
    public record Term(double weight, double teacherShare) {
        /** A term that is left out. */
        public static final Term ABSENT = new Term(0, 0);

        public Term {
            if (!(weight >= 0) || Double.isInfinite(weight) || !(teacherShare >= 0 && teacherShare <= 1)) {
                throw new IllegalArgumentException("Loss term with weight " + weight + " and teacher share "
                        + teacherShare + "; expected at least 0 and in [0, 1].");
            }
        }
    }

    public TokenLoss {
        if (!(teacher.weight() + student.weight() > 0)) {
            throw new IllegalArgumentException("Token loss without a term; expected a weight above 0.");
        }
        if (!(temperature > 0 && temperature <= HIGHEST_TEMPERATURE)) {
            throw new IllegalArgumentException(
                    "Token loss at temperature " + temperature + "; expected one in (0, " + HIGHEST_TEMPERATURE + "].");
        }
    }

    /** The same divergence at another temperature. */
    public TokenLoss at(double other) {
        return new TokenLoss(teacher, student, other);
    }
}
