package dev.understudy.lm.train;

import dev.understudy.lm.shape.Projection;
import java.util.EnumSet;
import java.util.Set;

/**
 * A low-rank change of chosen matrices: {@code W + alpha / rank B A}, with A (rank, in) and B (out, rank) the only
 * numbers that are trained. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (ICLR 2022), section 4.1,
 * without dropout; A starts uniform in +-1/sqrt(in) and B at 0, as in PEFT.
 *
 * @param rank columns of B, at least 1
 * @param alpha scale, above 0
 * @param targets which matrices of every layer, at least one
 */
public record Lora(int rank, double alpha, Set<Projection> targets) {
    public Lora {
        targets = Set.copyOf(targets);
        if (rank < 1 || !(alpha > 0) || Double.isInfinite(alpha) || targets.isEmpty()) {
            throw new IllegalArgumentException("LoRA with rank " + rank + ", alpha " + alpha + " on " + targets
                    + "; expected at least 1, above 0, and at least one projection.");
        }
    }

    /** What is usual: alpha twice the rank, on query and value projections. */
    public static Lora of(int rank) {
        return new Lora(rank, 2.0 * rank, EnumSet.of(Projection.QUERY, Projection.VALUE));
    }

    /** Factor of B A. */
    public double scale() {
        return alpha / rank;
    }
}
