package dev.understudy.decode;

import dev.understudy.budget.account.Allowance;
import dev.understudy.teacher.LookPurpose;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that stand still until allowance comes or their patience ends. They keep their rows and drafts; a snapshot
 * holds no drafts, and a resumed sequence asks anew. Owned by the task thread.
 */
final class AllowanceQueue {
    /** What a sequence wants, and since when. */
    record Wish(Sequence sequence, LookPurpose purpose, Instant since) {}

    private final Allowance allowance;
    private final Clock clock;
    private List<Wish> wishes = new ArrayList<>();

    AllowanceQueue(Allowance allowance, Clock clock) {
        this.allowance = allowance;
        this.clock = clock;
    }

    int size() {
        return wishes.size();
    }

    /** Whether the sequence waits from now on; it does not where nothing will come, or nobody waits. */
    boolean keeps(Sequence sequence, LookPurpose purpose, HelpState answer) {
        if (answer != HelpState.AWAITING_ALLOWANCE || allowance.patience().isZero()) {
            return false;
        }
        sequence.phase = Sequence.Phase.WAITING;
        wishes.add(new Wish(sequence, purpose, clock.instant()));
        return true;
    }

    /** Whether a sequence that was taken out to ask again goes on waiting. */
    boolean keeps(Wish wish, HelpState answer) {
        boolean stays = answer == HelpState.AWAITING_ALLOWANCE && !isOver(wish);
        if (stays) {
            wishes.add(wish);
        } else {
            ended(wish);
        }
        return stays;
    }

    /** Counts the wait as time that the sequence stood still for the teacher. */
    void ended(Wish wish) {
        Sequence sequence = wish.sequence();
        long millis = Duration.between(wish.since(), clock.instant()).toMillis();
        sequence.help = sequence.help.paid(0, Math.max(0, millis));
    }

    /** Takes everybody out. */
    List<Wish> takeAll() {
        List<Wish> all = wishes;
        wishes = new ArrayList<>();
        return all;
    }

    /** Takes those out that have waited long enough. */
    List<Wish> takeImpatient() {
        List<Wish> over = wishes.stream().filter(this::isOver).toList();
        wishes.removeAll(over);
        over.forEach(this::ended);
        return over;
    }

    private boolean isOver(Wish wish) {
        return !clock.instant().isBefore(wish.since().plus(allowance.patience()));
    }
}
