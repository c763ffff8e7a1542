package dev.understudy.decode;

/**
 * Help of one sequence so far.
 *
 * @param state the worst that happened
 * @param asks looks paid for single tokens, failed ones included
 * @param teacherTokens completion tokens that the teacher wrote
 * @param masked positions at which the policy wanted to ask and the student went on alone
 * @param drafts what became of drafts
 * @param outlay what it cost
 * @param survival natural logarithm of the estimated probability that the text so far is the teacher's, at most 0; 0
 *     where nothing estimates it
 */
public record HelpUsed(
        HelpState state, int asks, int teacherTokens, int masked, Drafts drafts, Outlay outlay, double survival) {
    public static final HelpUsed NONE = new HelpUsed(HelpState.NOT_ASKED, 0, 0, 0);

    /**
     * What became of drafts.
     *
     * @param written tokens of the student that the teacher has judged before they counted
     * @param rejected drafts among them that did not stand, those behind a replaced one included
     */
    public record Drafts(int written, int rejected) {
        public static final Drafts NONE = new Drafts(0, 0);

        public Drafts {
            if (rejected < 0 || rejected > written) {
                throw new IllegalArgumentException("[BUG] " + rejected + " rejected of " + written + " drafts");
            }
        }
    }

    /**
     * What it cost.
     *
     * @param microDollars of all looks, closing look and audit included
     * @param waitedMillis milliseconds that the sequence stood still for the teacher
     */
    public record Outlay(long microDollars, long waitedMillis) {
        public static final Outlay NONE = new Outlay(0, 0);

        public Outlay {
            if (microDollars < 0 || waitedMillis < 0) {
                throw new IllegalArgumentException(
                        "[BUG] outlay of " + microDollars + " micro-dollars and " + waitedMillis + " ms");
            }
        }
    }

    public HelpUsed {
        boolean counts = asks >= 0 && teacherTokens >= 0 && teacherTokens <= asks && masked >= 0;
        if (!counts || !(survival <= 0)) {
            throw new IllegalArgumentException("[BUG] help counts: asks=" + asks + " teacherTokens=" + teacherTokens
                    + " masked=" + masked + " survival=" + survival);
        }
    }

    /** Help without estimates. */
    public HelpUsed(HelpState state, int asks, int teacherTokens, int masked, Drafts drafts, Outlay outlay) {
        this(state, asks, teacherTokens, masked, drafts, outlay, 0);
    }

    /** Help without drafts that cost nothing. */
    public HelpUsed(HelpState state, int asks, int teacherTokens, int masked) {
        this(state, asks, teacherTokens, masked, Drafts.NONE, Outlay.NONE);
    }

    HelpUsed asked() {
        return new HelpUsed(state.worst(HelpState.GRANTED), asks + 1, teacherTokens, masked, drafts, outlay, survival);
    }

    HelpUsed answered() {
        return new HelpUsed(state, asks, teacherTokens + 1, masked, drafts, outlay, survival);
    }

    HelpUsed judged(int written, int fallen) {
        Drafts more = new Drafts(drafts.written() + written, drafts.rejected() + fallen);
        return new HelpUsed(state, asks, teacherTokens, masked, more, outlay, survival);
    }

    HelpUsed masked(HelpState why) {
        return new HelpUsed(state.worst(why), asks, teacherTokens, masked + 1, drafts, outlay, survival);
    }

    HelpUsed paid(long microDollars, long waitedMillis) {
        Outlay more = new Outlay(outlay.microDollars() + microDollars, outlay.waitedMillis() + waitedMillis);
        return new HelpUsed(state, asks, teacherTokens, masked, drafts, more, survival);
    }

    HelpUsed surviving(double logarithm) {
        return new HelpUsed(state, asks, teacherTokens, masked, drafts, outlay, logarithm);
    }
}
