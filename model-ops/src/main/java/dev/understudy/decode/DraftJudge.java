package dev.understudy.decode;

import dev.understudy.decode.ask.BlockRule;
import dev.understudy.decode.ask.DraftBlock;
import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Lays a sequence's drafts before the policy's rule: with the teacher's reply, the draws that belong to their
 * positions, and where the rule compares whole laws, those of both models as the prompt's settings make them. Owned by
 * the task thread.
 */
final class DraftJudge {
    private final BlockRule rule;
    private final Sampler sampler;

    /** @param sampler makes laws of logits */
    DraftJudge(BlockRule rule, Sampler sampler) {
        this.rule = rule;
        this.sampler = sampler;
    }

    /**
     * Which drafts stand, and what the teacher writes behind them.
     *
     * @param open whether the text goes on behind the drafts
     */
    BlockRule.Verdict judge(Sequence sequence, Reply reply, boolean open) {
        int drafted = sequence.drafted();
        int first = sequence.size() - drafted;
        double[] accepts = new double[drafted];
        double[] replaces = new double[drafted + 1];
        for (int i = 0; i <= drafted; i++) {
            replaces[i] = sequence.draws.uniform(first + i, Draws.Purpose.REPLACE);
            if (i < drafted) {
                accepts[i] = sequence.draws.uniform(first + i, Draws.Purpose.ACCEPT);
            }
        }
        return rule.judge(new DraftBlock(sequence.drafts(), laws(sequence, reply), reply, accepts, replaces, open));
    }

    /** What the prompt's settings make of both models' logits at each draft; a penalty counts what stands before it. */
    private DraftBlock.@Nullable Laws laws(Sequence sequence, Reply reply) {
        Sampling sampling = sequence.prompt.sampling();
        if (rule.detail(sampling) != Draft.Detail.LAWS) {
            return null;
        }
        int before = sequence.length() - sequence.drafted();
        float[][] student = sequence.draftLogits();
        return new DraftBlock.Laws() {
            @Override
            public double[] student(int draft) {
                return law(student[draft], draft);
            }

            @Override
            public double[] teacher(int draft) {
                return law(reply.laws()[draft], draft);
            }

            private double[] law(float[] logits, int draft) {
                return sampler.law(logits, 0, logits.length, sampling.warp(), sequence, before + draft);
            }
        };
    }
}
