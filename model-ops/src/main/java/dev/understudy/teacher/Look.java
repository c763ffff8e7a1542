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
 * @param completionIds tokens written so far, drafts included (for a closing look or audit: all of them)
 * @param knownThrough the teacher's distributions are wanted from this completion position on; earlier ones are known
 * @param draft what of {@code completionIds} is undecided
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
        int knownThrough,
        Draft draft) {
    public Look {
        if (draft.tokens() > completionIds.length - knownThrough) {
            throw new IllegalArgumentException("[BUG] look " + callId + " at " + draft.tokens() + " drafts in "
                    + completionIds.length + " tokens, known through " + knownThrough);
        }
    }

    /** Teacher tokens that the call spends (design: budget table). */
    public long tokens() {
        return switch (purpose) {
            // Whatever the length of the block, one token of the teacher's at most is written.
            case ASK, VERIFY -> 1;
            case CLOSING_LOOK -> 0;
            case AUDIT -> completionIds.length;
        };
    }

    /** Distributions that are wanted: up to the last token, and for an ask that of the next one too. */
    public int wanted() {
        return completionIds.length - knownThrough + (purpose == LookPurpose.ASK ? 1 : 0);
    }

    /** Positions that are told in the draft's detail: the drafts, and for an ask the token after them. */
    public int detailed() {
        return draft.detail() == Draft.Detail.TOP ? 0 : draft.tokens() + (purpose == LookPurpose.ASK ? 1 : 0);
    }
}
