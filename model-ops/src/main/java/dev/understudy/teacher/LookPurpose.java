package dev.understudy.teacher;

/** Why the teacher is called. What each costs is stated in {@link Look#tokens()}. */
public enum LookPurpose {
    /** The student asks for one token, after drafts that it has not shown yet or none. */
    ASK,
    /** The student's drafts end the text; the teacher writes a token only in place of one of them. */
    VERIFY,
    /** Distributions over the tail after the last ask. */
    CLOSING_LOOK,
    /** The finished sequence is shown whole; nothing the teacher says is written. */
    AUDIT;

    /** Whether the teacher may write a token. */
    public boolean writes() {
        return this == ASK || this == VERIFY;
    }
}
