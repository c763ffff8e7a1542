package dev.understudy.infra.bench;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.job.ServingConfig;
import dev.understudy.flink.job.ServingGraph;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.infra.cluster.EmbeddedCluster;
import dev.understudy.infra.topic.TopicReader;
import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;

/**
 * Decoding through Kafka and Flink against the same decoder without them: same model, prompts, rows and kernel, policy
 * never. Each side's speed is taken over the middle of its run, by the times at which sequences finished, so that
 * start-up and the last, half-empty batches count on neither side.
 */
public final class PipelineBench {
    private static final int MOST_TOKENS = 64;
    private static final double EDGE = 0.1;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final String TENANT = "bench";

    private final Clock clock;
    private final Path model;
    private final int rows;
    private final List<Example> examples;

    /**
     * Medians over the rounds; ratios are paired within a round.
     *
     * @param ratio pipeline over engine
     */
    public record Figures(
            double engineTokensPerSecond,
            double pipelineTokensPerSecond,
            double ratio,
            double lowestRatio,
            double highestRatio) {}

    private record Finish(Instant at, int tokens) {}

    public PipelineBench(Clock clock, Path model, int rows, int prompts) {
        this.clock = clock;
        this.model = model;
        this.rows = rows;
        IntakeStream stream = IntakeStream.uniform(17, Split.TRAIN);
        examples = new ArrayList<>(prompts);
        for (int i = 0; i < prompts; i++) {
            examples.add(stream.next());
        }
    }

    /** Alternates the sides {@code rounds} times after one unmeasured round of the engine. */
    public Figures run(int rounds) throws IOException, InterruptedException {
        double[] engine = new double[rounds];
        double[] pipeline = new double[rounds];
        double[] ratios = new double[rounds];
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            engine();
            for (int round = 0; round < rounds; round++) {
                engine[round] = engine();
                pipeline[round] = pipeline(broker.bootstrapServers(), "round-" + round + "-");
                ratios[round] = pipeline[round] / engine[round];
            }
        }
        return new Figures(
                median(engine),
                median(pipeline),
                median(ratios),
                Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0));
    }

    private double engine() {
        Engine installed = Engine.installed();
        List<Finish> finishes = new ArrayList<>();
        DecodeListener listener = new DecodeListener() {
            @Override
            public void finished(FinishedSequence finished) {
                finishes.add(new Finish(
                        clock.instant(), finished.sequence().written().ids().length));
            }

            @Override
            public void drained(String version, LanguageModel drained) {}
        };
        try (Tokenizer tokenizer = installed.tokenizer(model);
                LanguageModel student = installed.open(model, Kernel.FP16_PACKED);
                Decoder decoder = new Decoder(
                        DecodeConfig.of(rows, endIds(tokenizer), AskConfig.never()),
                        tokenizer,
                        Help.none(),
                        listener,
                        HelpStatistics.NONE,
                        clock)) {
            PromptTemplate template = PromptTemplate.read(model);
            decoder.serve("bench", student);
            int next = 0;
            while (next < examples.size() || !decoder.isEmpty()) {
                while (next < examples.size() && decoder.freeSlots() > 0) {
                    decoder.admit(prompt(
                            next, template.render(tokenizer, examples.get(next).prompt())));
                    next++;
                }
                decoder.step();
            }
        }
        return middle(finishes);
    }

    private Prompt prompt(int number, int[] ids) {
        return new Prompt(
                new PromptId("b-" + number), TENANT, TENANT, ids, Sampling.GREEDY, MOST_TOKENS, false, clock.instant());
    }

    private static List<Integer> endIds(Tokenizer tokenizer) {
        return tokenizer.vocabulary().special("<eos>").stream().boxed().toList();
    }

    private double pipeline(String bootstrapServers, String prefix) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicSetup.single(prefix).createOrCheck(admin);
        }
        send(bootstrapServers, prefix);
        List<Finish> finishes = new ArrayList<>();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch remaining = new CountDownLatch(examples.size());
        Path state = Files.createTempDirectory("understudy-bench-");
        try (TopicReader reader = new TopicReader(
                        bootstrapServers, prefix, List.of(Topics.COMPLETIONS), TopicReader.Start.BEGINNING, one -> {
                            if (one instanceof CompletionProduced completion && seen.add(completion.getId())) {
                                finishes.add(new Finish(
                                        completion.getFinishedAt(),
                                        completion.getTokenIds().size()));
                                remaining.countDown();
                            }
                        });
                EmbeddedCluster cluster = new EmbeddedCluster(2, state)) {
            JobID job = cluster.submit(ServingGraph.of(serving(bootstrapServers, prefix, state)));
            if (!remaining.await(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "The pipeline answered " + seen.size() + " of " + examples.size() + " prompts within " + LONGEST
                                + "; the job is " + cluster.status(job) + ". The log file says why.");
            }
        }
        return middle(finishes);
    }

    private void send(String bootstrapServers, String prefix) {
        try (TopicWriter<PromptSubmitted> writer =
                new TopicWriter<>(bootstrapServers, prefix, Topics.PROMPTS, PromptSubmitted.class)) {
            for (int i = 0; i < examples.size(); i++) {
                String id = "b-" + i;
                writer.send(
                        id,
                        new PromptSubmitted(
                                id,
                                TENANT,
                                TENANT,
                                examples.get(i).prompt(),
                                null,
                                SamplingChoice.newBuilder().build(),
                                MOST_TOKENS,
                                false,
                                null,
                                clock.instant()));
            }
            writer.flush();
        }
    }

    private ServingConfig serving(String bootstrapServers, String prefix, Path state) {
        List<Integer> endIds;
        try (Tokenizer tokenizer = Engine.installed().tokenizer(model)) {
            endIds = endIds(tokenizer);
        }
        StudentConfig student = new StudentConfig(
                "bench", model.toString(), state.resolve("store").toString(), Kernel.FP16_PACKED, endIds, rows);
        BudgetConfig budgets = BudgetConfig.of(List.of(TenantBudget.of(TENANT, 0, 0, Duration.ofMinutes(1))));
        return new ServingConfig(
                new OperatorSettings(
                        "bench", new KafkaAccess(bootstrapServers, prefix), student, AskConfig.never(), budgets, null),
                1,
                ServingConfig.Delivery.EXACTLY_ONCE,
                Duration.ofSeconds(1),
                0);
    }

    /** Tokens a second between the first and the last tenth of the finishes. */
    private static double middle(List<Finish> finishes) {
        List<Finish> sorted =
                finishes.stream().sorted((a, b) -> a.at().compareTo(b.at())).toList();
        int from = (int) (sorted.size() * EDGE);
        int to = (int) (sorted.size() * (1 - EDGE));
        long tokens = 0;
        for (int i = from + 1; i <= to; i++) {
            tokens += sorted.get(i).tokens();
        }
        double seconds =
                Duration.between(sorted.get(from).at(), sorted.get(to).at()).toNanos() / 1e9;
        return tokens / seconds;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
