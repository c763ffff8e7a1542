package dev.understudy.decode;

import dev.understudy.budget.WhenSpent;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.BlockRule;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import dev.understudy.token.Tokenizer;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A continuous batch of sequences: prompts come in, tokens are written by the student or, where the policy asks and the
 * allowance pays, by the teacher, and finished sequences go to the listener. Rows that wait for the teacher do not hold
 * up the others; a sequence ends on the student version that it began on.
 *
 * <p>Confined to the host's task thread, where replies arrive as mails ({@link Help#mail()}). The host calls
 * {@link #step()} while {@link #hasWork()}; a mail may make work, so the host looks again after each. A finished
 * sequence that the teacher is still to see (closing look, audit) stays in flight without a row. Both looks are made
 * whether or not the prompt may be learnt from, since prices are set by them; only the signal needs consent.
 */
public final class Decoder implements AutoCloseable {
    private final DecodeConfig config;
    private final AskPolicy policy;
    private final BlockRule rule;
    private final boolean blocks;
    private final StopRules stops;
    private final Help help;
    private final DecodeListener listener;
    private final Clock clock;
    private final TeacherCalls teacher;
    private final AllowanceQueue waiting;
    private final Sampler sampler = new Sampler();
    private final DraftJudge judge;
    private final LastLook lastLook;
    private final FinishedReports reports;
    private final Set<Sequence> inFlight = new LinkedHashSet<>();
    private final Queue<Sequence> queue = new ArrayDeque<>();
    private final StudentVersions versions;

    public Decoder(
            DecodeConfig config,
            Tokenizer tokenizer,
            Help help,
            DecodeListener listener,
            HelpStatistics statistics,
            Clock clock) {
        this.config = config;
        this.policy = config.ask().policy();
        this.rule = policy.rule();
        this.blocks = policy.maxDraft() > 0;
        this.stops = new StopRules(config.endIds(), tokenizer);
        this.help = help;
        this.listener = listener;
        this.clock = clock;
        this.versions = new StudentVersions(policy, config.rows(), listener);
        this.teacher = new TeacherCalls(help, config.ask(), clock, this::answered);
        this.waiting = new AllowanceQueue(help.allowance(), clock);
        this.judge = new DraftJudge(rule, sampler);
        this.lastLook = new LastLook(config.ask(), teacher);
        String vocabulary = tokenizer.vocabulary().fingerprint().hex();
        this.reports = new FinishedReports(policy, stops, vocabulary, help, statistics, clock);
    }

    /** Serves a version without a learned policy; see {@link #serve(String, LanguageModel, AskHead)}. */
    public void serve(String version, LanguageModel model) {
        serve(version, model, AskHead.NONE);
    }

    /**
     * New sequences go to this version from now on; sequences on other versions end there. A canary ends.
     *
     * @param head the version's learned scorer of positions; stays the caller's
     * @throws IllegalArgumentException when the policy is learned and the version has none; nothing has changed then
     */
    public void serve(String version, LanguageModel model, AskHead head) {
        versions.serve(version, model, head);
    }

    /**
     * Sends a part of the new prompts to another version, chosen by hash of the prompt id.
     *
     * @param head the version's learned scorer of positions, or {@link AskHead#NONE}
     * @param share expected part, in [0, 1]
     * @throws IllegalStateException before the first {@link #serve}
     */
    public void canary(String version, LanguageModel model, AskHead head, double share) {
        if (!versions.isServing()) {
            throw new IllegalStateException("Version " + version
                    + " cannot be a canary: no version serves yet. Assign a serving version first.");
        }
        versions.canary(version, model, head, share);
    }

    /** Version that new sequences go to; empty before the first {@link #serve}. */
    public String serving() {
        return versions.serving();
    }

    /**
     * Prompts that may be admitted now: free rows less the queue. Sequences whose last look is under way hold no row,
     * but at most B of them are allowed before they count, so that state stays bounded.
     */
    public int freeSlots() {
        return Math.max(0, Math.min(config.rows() - running() - queue.size(), 2 * config.rows() - inFlight.size()));
    }

    /** Takes a prompt; it is decoded from the next step on. Never blocks; queues when no row is free. */
    public void admit(Prompt prompt) {
        enqueue(Sequence.of(prompt, clock.instant()));
    }

    /** Takes a sequence back from state. */
    public void resume(SequenceSnapshot snapshot) {
        Sequence sequence = new Sequence(new SequenceSnapshot(
                snapshot.prompt(),
                snapshot.version(),
                snapshot.written(),
                snapshot.help(),
                snapshot.stop(),
                snapshot.startedAt(),
                snapshot.resumed() + 1));
        enqueue(sequence);
    }

    /** Whether {@link #step()} has something to do now (false while all rows wait for the teacher). */
    public boolean hasWork() {
        return (versions.isServing() && !queue.isEmpty() && running() < config.rows()) || versions.haveWork();
    }

    /** Whether no sequence is in the decoder. */
    public boolean isEmpty() {
        return inFlight.isEmpty();
    }

    /** Sequences in the decoder: queued, running, or shown to the teacher for the last time. */
    public int inFlight() {
        return inFlight.size();
    }

    /** Sequences that wait for a row. */
    public int queued() {
        return queue.size();
    }

    /** Rows in use, those that wait for the teacher included. */
    public int running() {
        return versions.running();
    }

    /**
     * One token for every decoding row (one model call a live version), then new prompts into free rows and at most
     * {@link DecodeConfig#prefillTokens()} of their tokens.
     */
    public void step() {
        for (ModelRows rows : versions.all()) {
            rows.step(this::decide);
        }
        fillRows();
        int tokens = config.prefillTokens();
        for (ModelRows rows : versions.all()) {
            if (tokens > 0) {
                tokens -= rows.prefill(tokens, this::decide);
            }
        }
    }

    /**
     * Asks again for every sequence that waits for allowance; to be called when a Flink checkpoint has completed, since
     * nothing else makes more of it usable.
     */
    public void allowanceMayHaveCome() {
        for (AllowanceQueue.Wish wish : waiting.takeAll()) {
            HelpState answer = teacher.ask(wish.sequence(), wish.purpose());
            if (answer == HelpState.GRANTED) {
                waiting.ended(wish);
            } else if (!waiting.keeps(wish, answer)) {
                goOnAlone(wish.sequence(), wish.purpose(), answer);
            }
        }
    }

    /** Lets those go on alone that have waited for allowance long enough; to be called some times a second. */
    public void endWaits() {
        for (AllowanceQueue.Wish wish : waiting.takeImpatient()) {
            goOnAlone(wish.sequence(), wish.purpose(), HelpState.AWAITING_ALLOWANCE);
        }
    }

    /** Sequences that wait for allowance. */
    public int waitingForAllowance() {
        return waiting.size();
    }

    /** Every sequence in flight, in the order of arrival. */
    public List<SequenceSnapshot> snapshot() {
        return inFlight.stream().map(Sequence::snapshot).toList();
    }

    /** Closes the caches and ignores later replies; models and teacher stay with the host. */
    @Override
    public void close() {
        teacher.close();
        waiting.takeAll();
        versions.close();
        inFlight.clear();
        queue.clear();
    }

    private void enqueue(Sequence sequence) {
        inFlight.add(sequence);
        queue.add(sequence);
    }

    private void fillRows() {
        while (versions.isServing() && running() < config.rows() && !queue.isEmpty()) {
            Sequence sequence = queue.remove();
            ModelRows rows = versions.versionFor(sequence);
            if (sequence.stop != null) {
                conclude(sequence);
            } else if (sequence.length() >= rows.context(sequence)) {
                sequence.version = rows.version;
                sequence.stop = StopReason.CONTEXT;
                conclude(sequence);
            } else {
                sequence.level = help.prices().level(sequence.prompt.tenant(), sequence.prompt.workload());
                rows.place(sequence);
            }
        }
    }

    private void decide(Sequence sequence, Scores scores, int entry, float difficulty) {
        choose(sequence, scores, entry, difficulty);
        boolean blockIsFull = blocks && sequence.drafted() == policy.maxDraft();
        if (blockIsFull || policy.asks(difficulty, help.price(sequence))) {
            seek(sequence, LookPurpose.ASK);
        } else if (blocks) {
            draft(sequence);
        } else {
            sequence.append(sequence.choice.token, Author.STUDENT);
            decided(sequence);
        }
    }

    /** Asks the teacher; what nobody pays, now or in time, is left to the student. */
    private void seek(Sequence sequence, LookPurpose purpose) {
        HelpState answer = teacher.ask(sequence, purpose);
        if (answer != HelpState.GRANTED && !waiting.keeps(sequence, purpose, answer)) {
            goOnAlone(sequence, purpose, answer);
        }
    }

    private void goOnAlone(Sequence sequence, LookPurpose purpose, HelpState why) {
        sequence.phase = Sequence.Phase.DECODING;
        sequence.help = sequence.help.masked(why);
        if (why == HelpState.EXHAUSTED && help.allowance().whenSpent(sequence.prompt.tenant()) == WhenSpent.STOP) {
            // Drafts that the teacher has not judged are no text that this tenant wants.
            sequence.dropDrafts();
            end(sequence, StopReason.HELP_EXHAUSTED);
            return;
        }
        if (purpose == LookPurpose.ASK) {
            sequence.append(sequence.choice.token, Author.STUDENT);
        }
        decided(sequence);
    }

    private void choose(Sequence sequence, Scores scores, int entry, float difficulty) {
        Sequence.Choice choice = sequence.choice;
        choice.argmax = scores.argmax[entry];
        choice.confidence = (float) scores.confidence(entry);
        choice.difficulty = difficulty;
        choice.token = choice.argmax;
        Sampling sampling = sequence.prompt.sampling();
        if (!sampling.isGreedy()) {
            int vocabularySize = scores.logits.length / scores.capacity();
            double draw = sequence.draws.uniform(sequence.size(), Draws.Purpose.SAMPLE);
            int from = entry * vocabularySize;
            choice.token = sampler.choose(scores.logits, from, vocabularySize, sampling.warp(), sequence, draw);
            if (blocks && rule.detail(sampling) == Draft.Detail.LAWS) {
                sequence.keepLogits(scores.logits, from, vocabularySize);
            }
        }
    }

    /** Writes the student's choice without showing it; a text that ends here may have to be read first. */
    private void draft(Sequence sequence) {
        sequence.append(sequence.choice.token, Author.STUDENT);
        StopReason stop = stops.after(sequence, versions.holding(sequence).context(sequence));
        if (stop == null) {
            return;
        }
        if (policy.readsTheEnd()) {
            seek(sequence, LookPurpose.VERIFY);
        } else {
            decided(sequence);
        }
    }

    private void end(Sequence sequence, StopReason stop) {
        sequence.stop = stop;
        versions.release(sequence);
        conclude(sequence);
    }

    private void answered(Sequence sequence, Look look, @Nullable Reply reply) {
        if (!look.purpose().writes()) {
            lastLook.seen(sequence, look.purpose(), reply);
            emit(sequence);
            return;
        }
        if (reply == null) {
            goOnAlone(sequence, look.purpose(), HelpState.TEACHER_DOWN);
            return;
        }
        sequence.phase = Sequence.Phase.DECODING;
        judged(sequence, look, reply);
        decided(sequence);
    }

    /** The drafts that stand are kept, and behind them stands what the teacher writes. */
    private void judged(Sequence sequence, Look look, Reply reply) {
        boolean open = look.purpose() == LookPurpose.ASK;
        int drafted = sequence.drafted();
        int first = sequence.size() - drafted;
        BlockRule.Verdict verdict = judge.judge(sequence, reply, open);
        sequence.help = sequence.help.judged(drafted, drafted - verdict.kept());
        if (verdict.kept() < drafted) {
            sequence.cut(first + verdict.kept());
        }
        if (verdict.writes()) {
            sequence.help = sequence.help.answered();
            sequence.append(verdict.token(), Author.TEACHER);
        }
        sequence.learn(reply.distributions(), first + drafted - (open ? 0 : 1));
        sequence.certify();
        versions.holding(sequence).rewind(sequence);
    }

    /** All that is written stands: tells the listener, and ends the sequence where a stop is reached. */
    private void decided(Sequence sequence) {
        for (int position = sequence.decide(); position < sequence.size(); position++) {
            listener.wrote(sequence.prompt.id(), position, sequence.id(position), sequence.author(position));
        }
        StopReason stop = stops.after(sequence, versions.holding(sequence).context(sequence));
        if (stop != null) {
            end(sequence, stop);
        }
    }

    /** All tokens are written: shows the sequence to the teacher where that is due, else it is done. */
    private void conclude(Sequence sequence) {
        if (!lastLook.show(sequence)) {
            emit(sequence);
        }
    }

    private void emit(Sequence sequence) {
        inFlight.remove(sequence);
        teacher.forget(sequence);
        listener.finished(reports.report(sequence));
    }
}
