package dev.understudy.decode;

import dev.understudy.budget.Cost;
import dev.understudy.budget.account.Allowance;
import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The looks of one decoder: reserves before each, sends it, and brings the answer back to the task thread. After a
 * failure nothing is sent for a pause. Owned by the task thread.
 */
final class TeacherCalls {
    private static final Logger LOG = LoggerFactory.getLogger(TeacherCalls.class);

    /** Hears the end of a look on the task thread; the reply is null when it failed. */
    interface Answers {
        void answered(Sequence sequence, Look look, @Nullable Reply reply);
    }

    /** A look under way, and who pays for it. */
    private record Pending(Sequence sequence, Look look, Allowance payer, Reservation.Granted paid, Instant since) {}

    private final Help help;
    private final AskConfig config;
    private final Clock clock;
    private final Answers answers;
    private Instant quietUntil = Instant.MIN;
    private long calls;
    private boolean closed;

    TeacherCalls(Help help, AskConfig config, Clock clock, Answers answers) {
        this.help = help;
        this.config = config;
        this.clock = clock;
        this.answers = answers;
    }

    /**
     * Asks for the next token, or for a judgement of drafts that end the text; the sequence waits when the answer is
     * GRANTED, else the answer says why not.
     */
    HelpState ask(Sequence sequence, LookPurpose purpose) {
        return send(sequence, purpose, Sequence.Phase.WAITING);
    }

    /** Shows the finished sequence; false when it cannot be paid or the teacher is down. */
    boolean show(Sequence sequence, LookPurpose purpose) {
        return send(sequence, purpose, Sequence.Phase.LOOKING) == HelpState.GRANTED;
    }

    void forget(Sequence sequence) {
        if (sequence.known) {
            help.teacher().forget(sequence.prompt.id().value());
        }
    }

    void close() {
        closed = true;
    }

    private HelpState send(Sequence sequence, LookPurpose purpose, Sequence.Phase phase) {
        Instant now = clock.instant();
        if (now.isBefore(quietUntil)) {
            return HelpState.TEACHER_DOWN;
        }
        Look draft = look(sequence, purpose, now);
        Allowance payer = purpose == LookPurpose.AUDIT ? help.audits() : help.allowance();
        Cost worst = new Cost(draft.tokens(), 1, help.teacher().worstCost(draft));
        Reservation reservation = payer.reserve(draft.tenant(), draft.workload(), worst, now);
        if (reservation instanceof Reservation.Awaiting) {
            return HelpState.AWAITING_ALLOWANCE;
        }
        if (!(reservation instanceof Reservation.Granted granted)) {
            return HelpState.EXHAUSTED;
        }
        Look look = look(sequence, purpose, granted.windowStart());
        Pending pending = new Pending(sequence, look, payer, granted, now);
        // Set before sending: the reply of a teacher that answers at once may be delivered inside this call.
        sequence.look = look.callId();
        sequence.known = true;
        sequence.phase = phase;
        if (purpose.writes()) {
            sequence.help = sequence.help.asked();
        }
        // Nothing waits on this future: what matters happens in the mail, which reports its own failures to the host.
        CompletableFuture<Reply> unused = start(look)
                .orTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((reply, failure) -> mail(pending, reply, failure));
        return HelpState.GRANTED;
    }

    private Look look(Sequence sequence, LookPurpose purpose, Instant window) {
        return new Look(
                help.caller() + "-" + calls++,
                sequence.prompt.id().value(),
                sequence.prompt.tenant(),
                sequence.prompt.workload(),
                window,
                purpose,
                sequence.prompt.tokenIds(),
                sequence.completionIds(),
                sequence.firstGap(),
                draft(sequence));
    }

    private Draft draft(Sequence sequence) {
        Draft.Detail detail = config.policy().rule().detail(sequence.prompt.sampling());
        return sequence.drafted() == 0 && detail != Draft.Detail.LAWS
                ? Draft.NONE
                : new Draft(sequence.drafted(), detail);
    }

    private CompletableFuture<Reply> start(Look look) {
        try {
            return help.teacher().look(look);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void mail(Pending pending, @Nullable Reply reply, @Nullable Throwable failure) {
        try {
            help.mail().execute(() -> deliver(pending, reply, failure));
        } catch (RejectedExecutionException stopping) {
            // The host is closing: the sequence is in its state without this reply and asks again when it is resumed.
            LOG.debug(
                    "Reply of the teacher came after the end. call={}",
                    pending.look().callId());
        }
    }

    private void deliver(Pending pending, @Nullable Reply reply, @Nullable Throwable failure) {
        Sequence sequence = pending.sequence();
        Look look = pending.look();
        if (closed || !look.callId().equals(sequence.look)) {
            return;
        }
        sequence.look = null;
        settle(pending, reply);
        boolean usable = reply != null && (!look.purpose().writes() || holdsWhatIsNeeded(look, reply));
        if (!usable) {
            quietUntil = clock.instant().plus(config.pause());
            LOG.warn(
                    "The teacher failed; the student goes on alone. Check the teacher when this repeats. call={} pause={} cause={}",
                    look.callId(),
                    config.pause(),
                    failure == null ? "distributions are missing in the reply" : failure.toString());
        }
        answers.answered(sequence, look, usable ? reply : null);
    }

    /** A look without an answer, or without a word about its cost, has cost the most that it could. */
    private void settle(Pending pending, @Nullable Reply reply) {
        Cost worst = pending.paid().cost();
        Cost real = reply == null || reply.microDollars() == Reply.WORST
                ? worst
                : new Cost(worst.tokens(), worst.calls(), reply.microDollars());
        Look look = pending.look();
        pending.payer().settle(look.tenant(), look.workload(), pending.paid(), real);
        boolean waited = look.purpose().writes();
        long millis = waited
                ? Math.max(0, Duration.between(pending.since(), clock.instant()).toMillis())
                : 0;
        pending.sequence().help = pending.sequence().help.paid(real.microDollars(), millis);
    }

    private static boolean holdsWhatIsNeeded(Look look, Reply reply) {
        Draft.Detail detail = look.draft().detail();
        return reply.distributions().size() == look.wanted()
                && (detail == Draft.Detail.TOP
                        || reply.draftLogProbabilities().length == look.draft().tokens())
                && (detail != Draft.Detail.LAWS || reply.laws().length == look.detailed());
    }
}
