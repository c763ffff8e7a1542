package dev.understudy.distil.path;

/** What an ask earns, before its price and its entropy. */
public enum AskReward {
    /**
     * Nothing (R2, the default): the teacher's draw counts as part of the policy, so that at κ = 1 its imitation cost
     * cancels.
     */
    ZERO,
    /**
     * The teacher's log-probability of its own reply (R1). Well behaved only where replies are greedy: with drawn ones
     * a student asks least where its teacher is least sure.
     */
    TEACHER_LOG_PROBABILITY;

    /** The reward in nats of an ask whose reply has log-probability {@code logTeacher} under the teacher. */
    public double of(double logTeacher) {
        return this == ZERO ? 0 : logTeacher;
    }
}
