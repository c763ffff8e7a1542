package dev.understudy.decode.ask;

import dev.understudy.teacher.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Drafts that the teacher has read. Arrays are not copied; nobody modifies them.
 *
 * @param drafts [k] the student's tokens
 * @param laws what drafts are drawn from; null unless the rule asks for
 *     {@link dev.understudy.teacher.Draft.Detail#LAWS}
 * @param reply what the teacher said, its last distributions are those of the drafts and, of an open block, of the next
 *     token
 * @param accepts [at least k] uniform in [0, 1), fixed for each position
 * @param replaces [at least k + 1] a second draw of each position, also of the one after the drafts
 * @param open whether the text goes on behind the drafts
 */
public record DraftBlock(
        int[] drafts, @Nullable Laws laws, Reply reply, double[] accepts, double[] replaces, boolean open) {
    /** Laws [V] of single tokens after the prompt's settings: temperature, cuts, penalty and bias. */
    public interface Laws {
        /** What draft {@code i} was drawn from. */
        double[] student(int i);

        /** The teacher's law there; {@code i} = k is the token after the last draft. */
        double[] teacher(int i);
    }

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
