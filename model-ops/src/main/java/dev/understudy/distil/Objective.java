package dev.understudy.distil;

import dev.understudy.distil.divergence.Divergence;
import dev.understudy.distil.divergence.ForwardKl;
import java.io.Serializable;

/**
 * What a round minimises on the teacher's laws.
 *
 * @param divergence from the teacher's law to the student's, over the stored ids and one bucket for the rest
 * @param topK ids of a teacher law that are used, at least 1; the rest goes into the bucket
 */
public record Objective(Divergence divergence, int topK) implements Serializable {
    public Objective {
        if (topK < 1) {
            throw new IllegalArgumentException("distil.top-k: " + topK + " is out of range, expected at least 1.");
        }
    }

    /** Forward KL over {@code topK} ids and the rest. */
    public static Objective forwardKl(int topK) {
        return new Objective(new ForwardKl(), topK);
    }
}
