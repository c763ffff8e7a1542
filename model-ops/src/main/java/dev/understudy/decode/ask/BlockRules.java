package dev.understudy.decode.ask;

import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Draft.Detail;

/** The rules of the policies. */
final class BlockRules {
    /** No drafts: the teacher's most probable token is written. */
    static final BlockRule WRITE = new BlockRule() {
        @Override
        public Detail detail(Sampling sampling) {
            return Detail.TOP;
        }

        @Override
        public Verdict judge(DraftBlock block) {
            return next(block);
        }
    };

    private BlockRules() {}

    /** All drafts stand; behind them the teacher's most probable token, unless they end the text. */
    private static BlockRule.Verdict next(DraftBlock block) {
        int kept = block.drafts().length;
        return new BlockRule.Verdict(kept, block.open() ? block.argmax(kept) : BlockRule.Verdict.NOTHING);
    }

    /**
     * Rollback of Kim et al. 2023 (Big Little Decoder), section 3.3: the earliest draft of which the teacher thinks too
     * little is replaced, and what follows it is discarded.
     *
     * @param nats a draft whose negative log-probability under the teacher is above this is rolled back
     */
    record Rollback(double nats) implements BlockRule {
        @Override
        public Detail detail(Sampling sampling) {
            return Detail.DRAFTS;
        }

        @Override
        public Verdict judge(DraftBlock block) {
            for (int i = 0; i < block.drafts().length; i++) {
                boolean improbable = -block.reply().draftLogProbabilities()[i] > nats;
                if (improbable && block.argmax(i) != block.drafts()[i]) {
                    return new Verdict(i, block.argmax(i));
                }
            }
            return next(block);
        }
    }

    /**
     * Speculative verification, Leviathan et al. 2023, algorithm 1 and appendix A.5 (lenience). The student's law q is
     * scaled by the lenience l everywhere: a draft x stands with probability min(1, p(x) / (l q(x))), the first that
     * falls is redrawn from norm(max(0, p - l q)). At l = 1 the text has the teacher's law p exactly; below, no token
     * is more probable than p / l. At temperature 0 a draft stands where p(x) >= l max p.
     */
    record Verification(double lenience) implements BlockRule {
        @Override
        public Detail detail(Sampling sampling) {
            return sampling.isGreedy() ? Detail.DRAFTS : Detail.LAWS;
        }

        @Override
        public Verdict judge(DraftBlock block) {
            DraftBlock.Laws laws = block.laws();
            return laws == null ? judgeGreedy(block) : judgeSampled(block, laws);
        }

        private Verdict judgeGreedy(DraftBlock block) {
            for (int i = 0; i < block.drafts().length; i++) {
                if (!stands(
                        block.drafts()[i],
                        block.reply().draftLogProbabilities()[i],
                        block.argmax(i),
                        block.argmaxLogProbability(i))) {
                    return new Verdict(i, block.argmax(i));
                }
            }
            return next(block);
        }

        /** p(x) >= l max p; the most probable token stands whatever the rounding. */
        boolean stands(int draft, double logProbability, int argmax, double largest) {
            return draft == argmax || logProbability >= Math.log(lenience) + largest;
        }

        private Verdict judgeSampled(DraftBlock block, DraftBlock.Laws laws) {
            int k = block.drafts().length;
            for (int i = 0; i < k; i++) {
                double[] p = laws.teacher(i);
                double[] q = laws.student(i);
                int draft = block.drafts()[i];
                // Not u < p / (l q): the product needs no care where q is 0.
                if (block.accepts()[i] * lenience * q[draft] >= p[draft]) {
                    return new Verdict(
                            i, SpeculativeLaw.draw(SpeculativeLaw.residual(p, q, lenience), block.replaces()[i]));
                }
            }
            if (!block.open()) {
                return next(block);
            }
            double[] bonus = laws.teacher(k);
            return new Verdict(k, SpeculativeLaw.draw(bonus, block.replaces()[k]));
        }
    }
}
