package dev.understudy.distil.ask;

/**
 * What the teacher's laws say about the positions of one sequence, beside what an ask head reads there: the example
 * that asking is learnt from. Position t of the arrays is the t-th position that the teacher saw; between them nothing
 * is missing. Arrays are not copied; nobody modifies them.
 *
 * @param workload unit of reports
 * @param inputs [T] of {@link dev.understudy.decode.head.AskInput}, the student's own reading of the same text
 * @param regret [T] nats that the student's most probable token loses against the teacher's, under the teacher; 0 where
 *     they agree
 * @param divergence [T] KL(own law || teacher) in nats, on the stored ids and the rest
 * @param asked [T] whether the student asked here; all false for a text that it did not write itself
 * @param whole whether the last position ends the sequence, so that what was still to come is known everywhere
 */
public record AskEvidence(
        String workload, float[][] inputs, double[] regret, double[] divergence, boolean[] asked, boolean whole) {
    /** What counts for more is not told apart: the teacher's stored laws end there. */
    public static final double LARGEST = 12;

    public AskEvidence {
        int count = inputs.length;
        if (count == 0 || regret.length != count || divergence.length != count || asked.length != count) {
            throw new IllegalArgumentException("[BUG] evidence of " + count + " inputs, " + regret.length + ", "
                    + divergence.length + " and " + asked.length + " figures");
        }
    }

    /** Number of positions T. */
    public int size() {
        return inputs.length;
    }

    /** Whether the student's token is so much worse than the teacher's that an ask is worth something. */
    public boolean differs(int position, double floor) {
        return regret[position] > floor;
    }

    /** The same text with the decisions that were made in it. */
    public AskEvidence withAsked(boolean[] decisions) {
        return new AskEvidence(workload, inputs, regret, divergence, decisions, whole);
    }
}
