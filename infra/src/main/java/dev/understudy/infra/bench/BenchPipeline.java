package dev.understudy.infra.bench;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.job.ServingConfig;
import dev.understudy.flink.job.ServingGraph;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.wire.ManifestAvro;
import dev.understudy.infra.cluster.EmbeddedCluster;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.infra.topic.TopicReader;
import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.Topics;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A running serving job with its broker and its Flink cluster in this process, policy never. Owned by one thread, which
 * closes it.
 */
final class BenchPipeline implements AutoCloseable {
    /** How the name of the thread begins that decodes: that of the chain's first operator. */
    static final String TASK_THREAD = "Source: prompts";

    private static final String PREFIX = "bench.";
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration CHECKPOINTS = Duration.ofSeconds(1);

    private final Clock clock;
    private final ScratchFolder scratch;
    private final EmbeddedBroker broker;
    private final EmbeddedCluster cluster;
    private final JobID job;
    private final TopicWriter<PromptSubmitted> prompts;
    private final TopicWriter<CheckpointPublished> announcements;
    private final FileCheckpointStore store;
    private final TopicReader reader;
    private final BlockingQueue<CompletionProduced> completions = new LinkedBlockingQueue<>();

    /** Starts all parts; what was started is closed when a later one fails. */
    static BenchPipeline start(Clock clock, BenchSetup setup) throws IOException, InterruptedException {
        return start(clock, setup, record -> {});
    }

    /**
     * The same, watched.
     *
     * @param watcher sees everything on the control and the swap topic, on the reader's thread
     */
    static BenchPipeline start(Clock clock, BenchSetup setup, Consumer<SpecificRecord> watcher)
            throws IOException, InterruptedException {
        ScratchFolder scratch = ScratchFolder.make("bench");
        try {
            EmbeddedBroker broker = EmbeddedBroker.start(0, scratch.path());
            try {
                return new BenchPipeline(clock, setup, scratch, broker, watcher);
            } catch (IOException | InterruptedException | RuntimeException e) {
                broker.close();
                throw e;
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            scratch.close();
            throw e;
        }
    }

    private BenchPipeline(
            Clock clock,
            BenchSetup setup,
            ScratchFolder scratch,
            EmbeddedBroker broker,
            Consumer<SpecificRecord> watcher)
            throws IOException, InterruptedException {
        this.clock = clock;
        this.scratch = scratch;
        this.broker = broker;
        String servers = broker.bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            TopicSetup.single(PREFIX).createOrCheck(admin);
        }
        Path work = scratch.path();
        store = new FileCheckpointStore(store(work));
        cluster = new EmbeddedCluster(2, work);
        try {
            job = cluster.submit(ServingGraph.of(serving(setup, servers, work)));
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        prompts = new TopicWriter<>(servers, PREFIX, Topics.PROMPTS, PromptSubmitted.class);
        announcements = new TopicWriter<>(servers, PREFIX, Topics.CHECKPOINTS, CheckpointPublished.class);
        List<Topics> read = List.of(Topics.COMPLETIONS, Topics.CONTROL, Topics.SWAPS);
        reader = new TopicReader(servers, PREFIX, read, TopicReader.Start.BEGINNING, one -> {
            if (one instanceof CompletionProduced completion) {
                completions.add(completion);
            } else {
                watcher.accept(one);
            }
        });
    }

    private static Path store(Path work) {
        return work.resolve("store");
    }

    /** Where the job takes versions from. */
    FileCheckpointStore store() {
        return store;
    }

    /** Tells the job of a version in the store. */
    void announce(CheckpointId id) {
        CheckpointManifest manifest = store.manifest(id);
        announcements.send(
                id.value(),
                ManifestAvro.fromDomain(manifest, store.directory(id).toUri()));
        announcements.flush();
    }

    /** How long the last barriers waited for the decode operator. */
    List<Duration> barrierDelays() {
        return cluster.barrierDelays(job, "decode");
    }

    /** Completions that nobody has taken yet. */
    List<CompletionProduced> take() {
        List<CompletionProduced> taken = new ArrayList<>();
        completions.drainTo(taken);
        return taken;
    }

    private static ServingConfig serving(BenchSetup setup, String servers, Path work) {
        List<Integer> endIds;
        try (Tokenizer tokenizer = Engine.installed().tokenizer(setup.model())) {
            endIds = setup.endIds(tokenizer);
        }
        StudentConfig student = new StudentConfig(
                "bench", setup.model().toString(), store(work).toString(), BenchSetup.KERNEL, endIds, setup.rows());
        BudgetConfig budgets =
                BudgetConfig.of(List.of(TenantBudget.of(BenchSetup.TENANT, 0, 0, Duration.ofMinutes(1))));
        return new ServingConfig(
                new OperatorSettings(
                        "bench", new KafkaAccess(servers, PREFIX), student, AskConfig.never(), budgets, null),
                1,
                ServingConfig.Delivery.EXACTLY_ONCE,
                CHECKPOINTS,
                0);
    }

    /**
     * Sends the texts and waits for their completions.
     *
     * @param round in front of the prompt ids; each call needs another
     */
    Finishes decode(String round, List<String> texts) throws InterruptedException {
        send(round, texts);
        Finishes finishes = new Finishes();
        Set<String> seen = new HashSet<>();
        while (seen.size() < texts.size()) {
            @Nullable CompletionProduced completion = completions.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
            if (completion == null) {
                throw new IllegalStateException(
                        "The pipeline answered " + seen.size() + " of " + texts.size() + " prompts, and none within "
                                + LONGEST + "; the job is " + cluster.status(job) + ". The log file says why.");
            }
            if (completion.getId().startsWith(round) && seen.add(completion.getId())) {
                finishes.add(
                        completion.getFinishedAt(), completion.getTokenIds().size());
            }
        }
        return finishes;
    }

    /** Sends the texts without waiting for anything but the broker. */
    void send(String round, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            String id = round + i;
            prompts.send(id, prompt(id, texts.get(i)));
        }
        prompts.flush();
    }

    private PromptSubmitted prompt(String id, String text) {
        return new PromptSubmitted(
                id,
                BenchSetup.TENANT,
                BenchSetup.TENANT,
                text,
                null,
                SamplingChoice.newBuilder().build(),
                BenchSetup.MOST_TOKENS,
                false,
                null,
                clock.instant());
    }

    @Override
    public void close() throws IOException {
        try (scratch;
                broker;
                cluster;
                announcements;
                prompts;
                reader) {
            completions.clear();
        }
    }
}
