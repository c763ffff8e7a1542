package dev.understudy.decode.ask;

import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Draft;

/** Judges the student's drafts once the teacher has read them. Without state; thread safe. */
public interface BlockRule {
    /** What the teacher must tell about the drafts of a prompt that is sampled so. */
    Draft.Detail detail(Sampling sampling);

    /** How many drafts stand, and what the teacher writes behind them. */
    Verdict judge(DraftBlock block);

    /**
     * The judgement.
     *
     * @param kept drafts that stand, from the first on; the others are discarded
     * @param token what the teacher writes behind them, {@link #NOTHING} where all stand and end the text
     */
    record Verdict(int kept, int token) {
        public static final int NOTHING = -1;

        /** Whether the teacher writes a token. */
        public boolean writes() {
            return token != NOTHING;
        }
    }
}
