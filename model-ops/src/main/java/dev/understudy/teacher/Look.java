package dev.understudy.teacher;

import java.time.Instant;

/**
 * One call of the teacher. The arrays are not copied; nobody modifies them.
 *
 * @param callId unique over all attempts; a repeated attempt has another id and is paid again
 * @param sequence key of the sequence (prompt id), by which a teacher may keep its cache
 * @param tenant who pays
 * @param workload unit of the report
 * @param windowStart start of the budget window that the reservation belongs to; the call counts there
 * @param purpose why
 * @param promptIds prompt as rendered for the teacher
 * @param completionIds tokens written so far (for a closing look or audit: all of them)
 * @param knownThrough the teacher's distributions are wanted from this completion position on; earlier ones are known
 */
public record Look(
        String callId,
        String sequence,
        String tenant,
        String workload,
        Instant windowStart,
        LookPurpose purpose,
        int[] promptIds,
        int[] completionIds,
        int knownThrough) {
    /** Teacher tokens that the call spends (design: budget table). */
    public long tokens() {
        return switch (purpose) {
            case ASK -> 1;
            case CLOSING_LOOK -> 0;
            case AUDIT -> completionIds.length;
        };
    }
}
