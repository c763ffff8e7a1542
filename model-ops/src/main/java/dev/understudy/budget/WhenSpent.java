package dev.understudy.budget;

/** What becomes of a sequence that wants help when the cap is used up. */
public enum WhenSpent {
    /** The student goes on alone, and the completion says so. */
    CONTINUE,
    /** The completion ends before the token that wanted help, and says so. */
    STOP,
    /** The student goes on alone, and the prompt is queued to be taught when help is available again. */
    DEFER
}
