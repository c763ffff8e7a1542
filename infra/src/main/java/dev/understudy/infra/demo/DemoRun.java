package dev.understudy.infra.demo;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.flink.job.DistillationGraph;
import dev.understudy.flink.job.ServingGraph;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.infra.cluster.EmbeddedCluster;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.lm.engine.Engine;
import dev.understudy.teacher.CallLog;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.admin.Admin;

/**
 * One run of the whole loop on this machine.
 *
 * <pre>
 *   Sender ─► prompts ─► ServingJob ─► completions ─► Observer ─► DemoReport ─► DemoChecks
 *                          ▲    │ signals                ▲
 *             checkpoints  │    ▼                        │ the teacher's call log
 *                       DistillationJob ◄─ feedback ─ Sender
 * </pre>
 */
final class DemoRun {
    private static final String END = "<eos>";
    private static final Duration DRAIN = Duration.ofSeconds(60);
    private static final int SLOTS = 3;

    private final DemoOptions options;
    private final Clock clock;
    private final Consumer<DemoView> display;

    /** @param display called about once a second with what is known, on the thread of {@link #run()} */
    DemoRun(DemoOptions options, Clock clock, Consumer<DemoView> display) {
        this.options = options;
        this.clock = clock;
        this.display = display;
    }

    /** Runs to the end. */
    DemoReport run() throws InterruptedException {
        DemoFiles files = new DemoFiles(options.work());
        files.prepare(options.story().schedule().known());
        try (EmbeddedBroker broker = EmbeddedBroker.start(options.port(), options.work())) {
            topics(broker.bootstrapServers());
            try (Observer observer = new Observer(broker.bootstrapServers(), "");
                    EmbeddedCluster cluster = new EmbeddedCluster(SLOTS, files.flinkCheckpoints());
                    Sender sender = new Sender(
                            options.story().schedule(),
                            options.story().seed(),
                            observer,
                            clock,
                            broker.bootstrapServers())) {
                return serve(files, broker, observer, cluster, sender);
            }
        } catch (IOException e) {
            throw new FailureException(String.valueOf(e.getMessage()), e);
        }
    }

    private DemoReport serve(
            DemoFiles files, EmbeddedBroker broker, Observer observer, EmbeddedCluster cluster, Sender sender)
            throws InterruptedException {
        DemoJobs jobs = new DemoJobs(options, files, new KafkaAccess(broker.bootstrapServers(), ""));
        List<JobID> running = List.of(
                cluster.submit(ServingGraph.of(jobs.serving(endToken()))),
                cluster.submit(DistillationGraph.of(jobs.distillation())));
        Instant start = clock.instant();
        Instant deadline = start.plusSeconds(2L * options.story().seconds());
        CompletableFuture<Void> sent = sender.start();
        while (!sent.isDone() && clock.instant().isBefore(deadline)) {
            watch(broker, observer, sender, start, cluster, running);
        }
        boolean complete = sent.isDone();
        if (complete) {
            sent.join();
        }
        Duration traffic = Duration.between(start, clock.instant());
        Instant drained = clock.instant().plus(DRAIN);
        while (observer.open() > 0 && clock.instant().isBefore(drained)) {
            watch(broker, observer, sender, start, cluster, running);
        }
        sender.close();
        return report(files, observer, sender, traffic);
    }

    private int endToken() {
        try (Tokenizer tokenizer = Engine.installed().tokenizer(options.cast().student())) {
            return tokenizer
                    .vocabulary()
                    .special(END)
                    .orElseThrow(() -> new IllegalStateException(
                            "The student in " + options.cast().student() + " has no end token " + END
                                    + ". Use a model made by 'understudy train'."));
        }
    }

    private static void topics(String bootstrapServers) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicSetup.single("").createOrCheck(admin);
        }
    }

    private void watch(
            EmbeddedBroker broker,
            Observer observer,
            Sender sender,
            Instant start,
            EmbeddedCluster cluster,
            List<JobID> running)
            throws InterruptedException {
        observer.pause(Duration.ofSeconds(1));
        if (broker.failure().isPresent()) {
            throw new FailureException(broker.failure().get());
        }
        for (JobID job : running) {
            JobStatus status = cluster.status(job);
            if (status.isGloballyTerminalState()) {
                throw new IllegalStateException(
                        "A job ended in state " + status + " while the demo was running. The log file says why.");
            }
        }
        display.accept(new DemoView(
                sender.phase(),
                Duration.between(start, clock.instant()),
                observer.prompts(),
                observer.completions(),
                observer.open(),
                observer.published().size(),
                observer.swapsProven(),
                observer.events()));
    }

    private DemoReport report(DemoFiles files, Observer observer, Sender sender, Duration traffic) {
        List<Seen> completions = observer.completions();
        List<CheckpointPublished> published = observer.published();
        Path last = published.isEmpty()
                ? options.cast().student()
                : files.store()
                        .resolve("checkpoints")
                        .resolve(published.get(published.size() - 1).getId());
        List<Workload> workloads = new ArrayList<>(options.story().schedule().known());
        workloads.addAll(options.story().schedule().drifted());
        long refused =
                observer.verdicts().stream().filter(one -> !one.getAccepted()).count();
        return new DemoReport(
                observer.prompts(),
                completions.size(),
                observer.open(),
                observer.duplicated(),
                completions.stream().filter(Seen::bothAuthors).count(),
                ReportBuilder.budget(DemoJobs.capTokens(), DemoJobs.capCalls(), calls(files.callLog()), completions),
                ReportBuilder.phases(
                        options.story().schedule().phases().stream()
                                .map(Phase::name)
                                .toList(),
                        completions,
                        Traffic.LARGE),
                ReportBuilder.shares(completions, Traffic.LARGE),
                new StudentAlone(Engine.installed(), clock, options.story().alonePrompts())
                        .compare(options.cast().student(), last, workloads),
                new DemoReport.Checkpoints(published.size(), refused, observer.rolledBack(), observer.swapsProven()),
                traffic.toMillis() / 1000.0,
                options.story().seed(),
                sender.sha256());
    }

    private static List<CallLog.Entry> calls(Path log) {
        return Files.exists(log) ? CallLog.read(log) : List.of();
    }
}
