package dev.understudy.teacher;

/** Why the teacher is called. What each costs is stated in {@link Look#tokens()}. */
public enum LookPurpose {
    /** The student asks for one token. */
    ASK,
    /** Distributions over the tail after the last ask. */
    CLOSING_LOOK,
    /** The finished sequence is shown whole; nothing the teacher says is written. */
    AUDIT
}
