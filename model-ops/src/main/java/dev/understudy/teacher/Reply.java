package dev.understudy.teacher;

import dev.understudy.lm.TeacherDistribution;
import java.util.List;

/**
 * What the teacher said.
 *
 * @param distributions for an ask: positions {@code knownThrough .. completion length} (the last is the law of the
 *     asked token); otherwise {@code knownThrough .. completion length - 1}
 */
public record Reply(List<TeacherDistribution> distributions) {
    public Reply {
        distributions = List.copyOf(distributions);
    }

    /** The token asked for: the most probable one of the last distribution. */
    public int token() {
        return distributions.get(distributions.size() - 1).argmax();
    }
}
