package dev.understudy.infra.bench;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probes;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.swap.SwapOutcome;
import dev.understudy.wire.swap.SwapReported;
import dev.understudy.wire.swap.VersionAssigned;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a swap and a Flink checkpoint cost a serving job whose rows are all busy. Versions are copies of the student
 * under new names, published one after the other while prompts wait in the topic.
 */
public final class SwapBench {
    private static final int PROMPTS_A_SWAP = 1200;
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int PROBES = 4;

    private final Clock clock;
    private final BenchSetup setup;
    private final Map<String, Instant> assigned = new ConcurrentHashMap<>();
    private final BlockingQueue<SwapReported> reports = new LinkedBlockingQueue<>();

    /**
     * Times in milliseconds.
     *
     * @param swaps versions that were proven and served
     * @param assignedToServing median from a reader seeing the assignment until the proven version serves
     * @param assignedToServingWorst longest of them
     * @param load median of loading and proving, off the task thread
     * @param pauseWorst longest time that running rows stood still for a swap, rounded up
     * @param step one decode step of all rows, prefill included
     * @param barrierDelay median from triggering a Flink checkpoint until the decode operator began it
     * @param barrierDelayWorst longest of them
     */
    public record Figures(
            int swaps,
            double assignedToServing,
            double assignedToServingWorst,
            double load,
            double pauseWorst,
            double step,
            double barrierDelay,
            double barrierDelayWorst) {}

    public SwapBench(Clock clock, Path model, int rows) {
        this.clock = clock;
        setup = new BenchSetup(model, rows);
    }

    /** Swaps that many times, at least once. */
    public Figures run(int swaps) throws IOException, InterruptedException {
        List<Long> untilServing = new ArrayList<>();
        List<Long> loads = new ArrayList<>();
        List<Long> pauses = new ArrayList<>();
        Finishes finishes = new Finishes();
        try (BenchPipeline pipeline = BenchPipeline.start(clock, setup, this::watch)) {
            pipeline.send("busy-", texts((swaps + 1) * PROMPTS_A_SWAP));
            for (int i = 1; i <= swaps; i++) {
                CheckpointId id = new CheckpointId("bench-" + i);
                seal(pipeline.store(), id);
                pipeline.announce(id);
                SwapReported report = awaitServing(id);
                untilServing.add(Duration.between(seen(id), report.getAt()).toMillis());
                loads.add(report.getLoadMillis());
                pauses.add(report.getPauseMillis());
            }
            for (CompletionProduced completion : pipeline.take()) {
                finishes.add(
                        completion.getFinishedAt(), completion.getTokenIds().size());
            }
            if (finishes.count() >= (swaps + 1) * PROMPTS_A_SWAP) {
                throw new IllegalStateException("The prompts ran out before the last swap; the rows were not busy. "
                        + "Ask for fewer swaps at once.");
            }
            List<Long> delays =
                    pipeline.barrierDelays().stream().map(Duration::toMillis).toList();
            return new Figures(
                    swaps,
                    median(untilServing),
                    worst(untilServing),
                    median(loads),
                    worst(pauses),
                    1000.0 * setup.rows() / finishes.tokensPerSecond(),
                    median(delays),
                    worst(delays));
        }
    }

    private void watch(SpecificRecord record) {
        if (record instanceof VersionAssigned one) {
            assigned.putIfAbsent(one.getCheckpointId(), clock.instant());
        } else if (record instanceof SwapReported one) {
            reports.add(one);
        }
    }

    private SwapReported awaitServing(CheckpointId id) throws InterruptedException {
        while (true) {
            @Nullable SwapReported report = reports.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
            if (report == null) {
                throw new IllegalStateException(
                        "Version " + id + " does not serve " + LONGEST + " after it was published. The log says why.");
            }
            if (report.getCheckpointId().equals(id.value())) {
                if (report.getOutcome() != SwapOutcome.SERVING) {
                    throw new IllegalStateException("Version " + id + " was not swapped in: " + report.getCause());
                }
                return report;
            }
        }
    }

    /** The assignment is committed before the report of the same transaction's successor; so it was seen before. */
    private Instant seen(CheckpointId id) {
        @Nullable Instant at = assigned.get(id.value());
        if (at == null) {
            throw new IllegalStateException("[BUG] " + id + " was served and its assignment not seen");
        }
        return at;
    }

    private void seal(FileCheckpointStore store, CheckpointId id) throws IOException {
        Path staged = store.stage(id);
        try (Stream<Path> files = Files.list(setup.model())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, staged.resolve(file.getFileName().toString()));
            }
        }
        Engine engine = Engine.installed();
        try (Tokenizer tokenizer = engine.tokenizer(staged);
                LanguageModel model = engine.open(staged, BenchSetup.KERNEL)) {
            Contents contents = new Contents(
                    List.of(), tokenizer.vocabulary().fingerprint().hex(), "", Probes.of(model, probes(tokenizer), 8));
            store.seal(id, contents, new Origin(null, "bench", List.of(), Map.of(), "bench", clock.instant()));
        }
        store.publish(id);
    }

    private static List<int[]> probes(Tokenizer tokenizer) {
        return texts(PROBES).stream().map(tokenizer::encode).toList();
    }

    private static List<String> texts(int count) {
        IntakeStream stream = IntakeStream.uniform(17, Split.TRAIN);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(stream.next().prompt());
        }
        return texts;
    }

    private static double median(Collection<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static double worst(Collection<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(-1);
    }
}
