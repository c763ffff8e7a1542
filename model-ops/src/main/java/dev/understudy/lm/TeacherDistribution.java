package dev.understudy.lm;

/**
 * A teacher's law of one next token as stored in signals: the K most probable ids and one tail bucket. Arrays are not
 * copied; the caller must not modify them.
 *
 * @param ids [K] token ids, most probable first
 * @param logProbabilities [K] natural-log probabilities, descending
 */
public record TeacherDistribution(int[] ids, float[] logProbabilities) {
    public TeacherDistribution {
        if (ids.length == 0 || ids.length != logProbabilities.length) {
            throw new IllegalArgumentException("[BUG] teacher distribution with " + ids.length + " ids and "
                    + logProbabilities.length + " values");
        }
    }

    /** The teacher's most probable token. */
    public int argmax() {
        return ids[0];
    }

    /** Probability of all ids that are not stored, in [0, 1]. */
    public double tailMass() {
        double mass = 0;
        for (float logProbability : logProbabilities) {
            mass += Math.exp(logProbability);
        }
        return Math.max(0, 1 - mass);
    }
}
