package dev.understudy.decode.ask;

import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Reply;

/**
 * Drafts that the teacher has read. Arrays are not copied; nobody modifies them.
 *
 * @param drafts [k] the student's tokens
 * @param studentLogits [at least k][V] what each draft was drawn from, unnormalised natural-log scale; only where the
 *     rule asks for {@link dev.understudy.teacher.Draft.Detail#LAWS}
 * @param sampling how the prompt's tokens are chosen
 * @param reply what the teacher said, its last distributions are those of the drafts and, of an open block, of the next
 *     token
 * @param accepts [at least k] uniform in [0, 1), fixed for each position
 * @param replaces [at least k + 1] a second draw of each position, also of the one after the drafts
 * @param open whether the text goes on behind the drafts
 */
public record DraftBlock(
        int[] drafts,
        float[][] studentLogits,
        Sampling sampling,
        Reply reply,
        double[] accepts,
        double[] replaces,
        boolean open) {
    /** The teacher's most probable token at draft {@code i}; {@code i} = k is the token after the last draft. */
    int argmax(int i) {
        return reply.distributions().get(first() + i).argmax();
    }

    /** Natural-log probability of the teacher's most probable token at draft {@code i}. */
    double argmaxLogProbability(int i) {
        return reply.distributions().get(first() + i).logProbabilities()[0];
    }

    private int first() {
        return reply.distributions().size() - drafts.length - (open ? 1 : 0);
    }
}
