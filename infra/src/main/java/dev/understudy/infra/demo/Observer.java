package dev.understudy.infra.demo;

import dev.understudy.infra.topic.TopicReader;
import dev.understudy.wire.Topics;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import dev.understudy.wire.gate.GateJudged;
import dev.understudy.wire.prompt.PromptRejected;
import dev.understudy.wire.swap.SwapOutcome;
import dev.understudy.wire.swap.SwapReported;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/**
 * Judges the run from the topics alone, as an outside consumer: what came back, whose tokens, how right, which versions
 * were announced, refused and proven. Thread safe.
 */
final class Observer implements AutoCloseable {
    private static final byte TEACHER = 1;

    private final Map<String, Sent> sent = new HashMap<>();
    private final Map<String, Seen> seen = new HashMap<>();
    private final List<Seen> order = new ArrayList<>();
    private final List<CheckpointPublished> published = new ArrayList<>();
    private final List<GateJudged> verdicts = new ArrayList<>();
    private final Set<String> proven = new LinkedHashSet<>();
    private final Set<String> rejected = new HashSet<>();
    private final List<String> events = new ArrayList<>();
    private final TopicReader reader;
    private long duplicated;
    private long rolledBack;

    Observer(String bootstrapServers, String prefix) {
        reader = new TopicReader(
                bootstrapServers,
                prefix,
                List.of(Topics.COMPLETIONS, Topics.REJECTED_PROMPTS, Topics.CHECKPOINTS, Topics.VERDICTS, Topics.SWAPS),
                TopicReader.Start.BEGINNING,
                this::accept);
    }

    /** Called before the prompt is sent. */
    synchronized void sending(Sent prompt) {
        sent.put(prompt.id(), prompt);
    }

    private synchronized void accept(SpecificRecord message) {
        if (message instanceof CompletionProduced completion) {
            completed(completion);
        } else if (message instanceof PromptRejected refusal) {
            rejected.add(String.valueOf(refusal.getId()));
            events.add("prompt refused: " + refusal.getMessage());
        } else if (message instanceof CheckpointPublished checkpoint) {
            published.add(checkpoint);
            events.add("published " + checkpoint.getId());
        } else if (message instanceof GateJudged verdict) {
            verdicts.add(verdict);
            events.add((verdict.getAccepted() ? "accepted " : "refused ")
                    + verdict.getCandidateId()
                    + (verdict.getAccepted() ? "" : ": " + String.join("; ", verdict.getReasons())));
        } else if (message instanceof SwapReported report) {
            swapped(report);
        }
        notifyAll();
    }

    private void completed(CompletionProduced completion) {
        Sent prompt = sent.get(completion.getId());
        if (prompt == null || seen.containsKey(completion.getId())) {
            duplicated++;
            return;
        }
        int teacher = 0;
        java.nio.ByteBuffer authors = completion.getAuthors().duplicate();
        int tokens = authors.remaining();
        while (authors.hasRemaining()) {
            teacher += authors.get() == TEACHER ? 1 : 0;
        }
        Seen one = new Seen(
                prompt,
                prompt.gold().equals(completion.getText()),
                tokens,
                teacher,
                teacher > 0 && teacher < tokens,
                completion.getHelpState() == HelpState.EXHAUSTED,
                completion.getResumed() > 0,
                completion.getStudentVersion());
        seen.put(completion.getId(), one);
        order.add(one);
    }

    private void swapped(SwapReported report) {
        if (report.getOutcome() == SwapOutcome.SERVING) {
            if (proven.add(report.getCheckpointId())) {
                events.add("serving " + report.getCheckpointId() + " (" + report.getProof() + ")");
            }
        } else if (report.getOutcome() == SwapOutcome.ROLLED_BACK) {
            rolledBack++;
        } else {
            events.add(report.getOutcome() + " " + report.getCheckpointId() + ": " + report.getCause());
        }
    }

    /** Waits, so that a watcher needs no timer of its own. */
    synchronized void pause(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Completions in the order in which they became visible. */
    synchronized List<Seen> completions() {
        return List.copyOf(order);
    }

    synchronized long duplicated() {
        return duplicated;
    }

    synchronized long rolledBack() {
        return rolledBack;
    }

    synchronized long prompts() {
        return sent.size();
    }

    /** Prompts with neither completion nor rejection so far. */
    synchronized long open() {
        return sent.keySet().stream()
                .filter(id -> !seen.containsKey(id) && !rejected.contains(id))
                .count();
    }

    synchronized List<CheckpointPublished> published() {
        return List.copyOf(published);
    }

    synchronized List<GateJudged> verdicts() {
        return List.copyOf(verdicts);
    }

    /** Published checkpoints that a decode subtask has proven and serves or served. */
    synchronized long swapsProven() {
        return published.stream().filter(one -> proven.contains(one.getId())).count();
    }

    synchronized List<String> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        reader.close();
    }
}
