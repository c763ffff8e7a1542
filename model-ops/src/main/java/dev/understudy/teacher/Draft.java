package dev.understudy.teacher;

/**
 * The part of a look's tokens that the student has written and nobody has decided yet, and what the teacher must tell
 * about it beyond its most probable tokens.
 *
 * @param tokens how many of the last completion tokens are drafts, at least 0
 * @param detail what is needed to judge them
 */
public record Draft(int tokens, Detail detail) {
    /** No drafts. */
    public static final Draft NONE = new Draft(0, Detail.TOP);

    /** What the teacher tells about each draft; a later one includes the earlier ones. */
    public enum Detail {
        /** Its most probable tokens. */
        TOP,
        /** The log-probability of the draft itself, however improbable. */
        DRAFTS,
        /** Its whole law there, and of the token after the last draft. */
        LAWS
    }

    public Draft {
        if (tokens < 0) {
            throw new IllegalArgumentException("[BUG] a look at " + tokens + " drafts");
        }
    }
}
