package dev.understudy.decode;

/**
 * Help of one sequence so far, in counts.
 *
 * @param state the worst that happened
 * @param asks looks paid for single tokens, failed ones included
 * @param teacherTokens completion tokens that the teacher wrote
 * @param masked positions at which the policy wanted to ask and the student went on alone
 * @param drafted tokens of the student that the teacher has judged before they counted
 * @param rejected drafts among them that did not stand, those behind a replaced one included
 */
public record HelpUsed(HelpState state, int asks, int teacherTokens, int masked, int drafted, int rejected) {
    public static final HelpUsed NONE = new HelpUsed(HelpState.NOT_ASKED, 0, 0, 0);

    /** Help without drafts. */
    public HelpUsed(HelpState state, int asks, int teacherTokens, int masked) {
        this(state, asks, teacherTokens, masked, 0, 0);
    }

    public HelpUsed {
        boolean counts = asks >= 0 && teacherTokens >= 0 && teacherTokens <= asks && masked >= 0;
        if (!counts || rejected < 0 || rejected > drafted) {
            throw new IllegalArgumentException("[BUG] help counts: asks=" + asks + " teacherTokens=" + teacherTokens
                    + " masked=" + masked + " drafted=" + drafted + " rejected=" + rejected);
        }
    }

    HelpUsed asked() {
        return new HelpUsed(state.worst(HelpState.GRANTED), asks + 1, teacherTokens, masked, drafted, rejected);
    }

    HelpUsed answered() {
        return new HelpUsed(state, asks, teacherTokens + 1, masked, drafted, rejected);
    }

    HelpUsed judged(int drafts, int fallen) {
        return new HelpUsed(state, asks, teacherTokens, masked, drafted + drafts, rejected + fallen);
    }

    HelpUsed masked(HelpState why) {
        return new HelpUsed(state.worst(why), asks, teacherTokens, masked + 1, drafted, rejected);
    }
}
