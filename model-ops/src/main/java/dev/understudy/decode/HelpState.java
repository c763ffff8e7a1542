package dev.understudy.decode;

/** What became of the student's wishes for help, in the order of severity: a sequence carries the worst. */
public enum HelpState {
    NOT_ASKED,
    /** Every ask was answered. */
    GRANTED,
    /** At least one ask found no allowance here although the cap may leave room. */
    AWAITING_ALLOWANCE,
    /** At least one ask found the cap used up. */
    EXHAUSTED,
    /** At least one ask failed or was not made because the teacher failed just before. */
    TEACHER_DOWN;

    HelpState worst(HelpState other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
