package dev.understudy.teacher;

import dev.understudy.lm.TeacherDistribution;
import java.util.List;
import java.util.function.Function;

/**
 * What the teacher said. Arrays are not copied; nobody modifies them.
 *
 * @param distributions for an ask: positions {@code knownThrough .. completion length} (the last is the law of the
 *     asked token); otherwise {@code knownThrough .. completion length - 1}
 * @param draftLogProbabilities [drafts] natural-log probability of each draft; empty when not asked for
 * @param laws [drafts, and one more for an ask][V] natural-log scale, unnormalised where the teacher has logits, since
 *     a repetition penalty tells the difference; empty when not asked for
 * @param microDollars what the look has cost; {@link #WORST} when the teacher does not say, so that the most it can
 *     have cost counts
 */
public record Reply(
        List<TeacherDistribution> distributions, float[] draftLogProbabilities, float[][] laws, long microDollars) {
    /** The cost is not told. */
    public static final long WORST = -1;

    public Reply {
        distributions = List.copyOf(distributions);
    }

    /** A reply without details about drafts. */
    public Reply(List<TeacherDistribution> distributions) {
        this(distributions, new float[0], new float[0][]);
    }

    /** A reply whose cost is not told. */
    public Reply(List<TeacherDistribution> distributions, float[] draftLogProbabilities, float[][] laws) {
        this(distributions, draftLogProbabilities, laws, WORST);
    }

    /** The same words for another price. */
    public Reply costing(long other) {
        return new Reply(distributions, draftLogProbabilities, laws, other);
    }

    /**
     * A reply of a teacher that makes whole laws from its most probable tokens, with what the look wants to know about
     * drafts.
     *
     * @param law [V] natural-log probabilities of the position with this distribution
     */
    public static Reply withDetails(
            Look look, List<TeacherDistribution> distributions, Function<TeacherDistribution, float[]> law) {
        int drafts = look.draft().tokens();
        float[][] laws = new float[look.detailed()][];
        float[] own = new float[look.draft().detail() == Draft.Detail.TOP ? 0 : drafts];
        for (int i = 0; i < laws.length; i++) {
            laws[i] = law.apply(distributions.get(distributions.size() - laws.length + i));
            if (i < drafts) {
                own[i] = laws[i][look.completionIds()[look.completionIds().length - drafts + i]];
            }
        }
        return new Reply(distributions, own, look.draft().detail() == Draft.Detail.LAWS ? laws : new float[0][]);
    }
}
