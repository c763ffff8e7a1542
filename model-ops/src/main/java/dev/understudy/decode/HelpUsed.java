package dev.understudy.decode;

/**
 * Help of one sequence so far, in counts.
 *
 * @param state the worst that happened
 * @param asks looks paid for single tokens, failed ones included
 * @param teacherTokens completion tokens that the teacher wrote
 * @param masked positions at which the policy wanted to ask and the student went on alone
 */
public record HelpUsed(HelpState state, int asks, int teacherTokens, int masked) {
    public static final HelpUsed NONE = new HelpUsed(HelpState.NOT_ASKED, 0, 0, 0);

    public HelpUsed {
        if (asks < 0 || teacherTokens < 0 || teacherTokens > asks || masked < 0) {
            throw new IllegalArgumentException(
                    "[BUG] help counts: asks=" + asks + " teacherTokens=" + teacherTokens + " masked=" + masked);
        }
    }

    HelpUsed asked() {
        return new HelpUsed(state.worst(HelpState.GRANTED), asks + 1, teacherTokens, masked);
    }

    HelpUsed answered() {
        return new HelpUsed(state, asks, teacherTokens + 1, masked);
    }

    HelpUsed masked(HelpState why) {
        return new HelpUsed(state.worst(why), asks, teacherTokens, masked + 1);
    }
}
