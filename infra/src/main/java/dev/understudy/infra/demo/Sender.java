package dev.understudy.infra.demo;

import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.wire.Topics;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import dev.understudy.wire.signal.OutcomeReported;
import dev.understudy.workload.Example;
import dev.understudy.workload.Workload;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends the traffic at its rate on a thread of its own; a phase that waits for a round is silent meanwhile. */
final class Sender implements AutoCloseable {
    private static final int TICK_MILLIS = 100;
    private static final int MOST_TOKENS = 96;

    private final Schedule schedule;
    private final Traffic traffic;
    private final Observer observer;
    private final Clock clock;
    private final TopicWriter<PromptSubmitted> prompts;
    private final TopicWriter<OutcomeReported> feedback;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "demo-sender"));
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile String phase;
    private double due;

    Sender(Schedule schedule, long seed, Observer observer, Clock clock, String bootstrapServers) {
        this.schedule = schedule;
        this.traffic = new Traffic(schedule, seed);
        this.observer = observer;
        this.clock = clock;
        this.phase = schedule.phases().get(0).name();
        prompts = new TopicWriter<>(bootstrapServers, "", Topics.PROMPTS, PromptSubmitted.class);
        feedback = new TopicWriter<>(bootstrapServers, "", Topics.FEEDBACK, OutcomeReported.class);
    }

    /** Begins; the future completes when every prompt has been sent. */
    @SuppressWarnings("FutureReturnValueIgnored") // what the ticks fail with is in the returned future
    CompletableFuture<Void> start() {
        thread.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return finished;
    }

    /** Name of the phase that is being sent. */
    String phase() {
        return phase;
    }

    /** Digest of what was sent; only after the end. */
    String sha256() {
        return traffic.sha256();
    }

    private void tick() {
        try {
            if (!finished.isDone()) {
                send();
            }
        } catch (RuntimeException e) {
            finished.completeExceptionally(e);
        }
    }

    private void send() {
        if (traffic.phaseIsOver()) {
            int needed = schedule.phases().get(traffic.phase()).verdicts();
            if (observer.verdicts().size() < needed) {
                return;
            }
            if (traffic.isLastPhase()) {
                prompts.flush();
                finished.complete(null);
                return;
            }
            nextPhase();
        }
        due += schedule.promptsPerSecond() * TICK_MILLIS / 1000.0;
        while (due >= 1 && !traffic.phaseIsOver()) {
            due--;
            send(traffic.next());
        }
    }

    private void nextPhase() {
        traffic.nextPhase();
        due = 0;
        phase = schedule.phases().get(traffic.phase()).name();
        if (traffic.phase() == 1) {
            report(schedule.drifted());
        }
    }

    /** A team that tests its release reports verified answers; the gate measures candidates on them. */
    private void report(List<Workload> workloads) {
        int number = 0;
        for (Example example : DemoFiles.verified(workloads)) {
            number++;
            feedback.send(
                    "verified-" + number,
                    new OutcomeReported(
                            null,
                            Traffic.LARGE,
                            example.workload().id(),
                            example.prompt(),
                            example.answer(),
                            null,
                            true,
                            clock.instant()));
        }
        feedback.flush();
    }

    private void send(Sent one) {
        observer.sending(one);
        prompts.send(one.id(), submitted(one));
    }

    private PromptSubmitted submitted(Sent one) {
        return new PromptSubmitted(
                one.id(),
                one.tenant(),
                one.workload(),
                one.text(),
                null,
                SamplingChoice.newBuilder().build(),
                MOST_TOKENS,
                true,
                null,
                clock.instant());
    }

    @Override
    public void close() {
        thread.shutdownNow();
        prompts.close();
        feedback.close();
    }
}
