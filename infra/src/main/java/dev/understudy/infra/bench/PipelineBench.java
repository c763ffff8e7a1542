package dev.understudy.infra.bench;

import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Decoding through Kafka and Flink against the same decoder without them: same model, prompts, rows and kernel, policy
 * never. The engine gets token ids, the pipeline texts. Both sides are warm and take turns, and which one begins
 * changes with every round. The pipeline keeps running while the engine has its turn, as a serving job does; idle, it
 * takes a few hundredths of the core that the single-threaded engine leaves alone.
 */
public final class PipelineBench {
    private static final int LEAST_WARM_UP = 3;
    private static final int MOST_WARM_UP = 8;
    /** Part of a warm-up round that the JVM's compiler may take; with more of it, neither side is warm. */
    private static final double COMPILING = 0.02;

    private final Clock clock;
    private final BenchSetup setup;
    private final List<String> texts = new ArrayList<>();

    /** One alternation. */
    public record Round(Turn engine, Turn pipeline) {
        /** Pipeline over engine, tokens a second. */
        public double ratio() {
            return pipeline.tokensPerSecond() / engine.tokensPerSecond();
        }
    }

    /**
     * Medians over the rounds; ratios are paired within a round.
     *
     * @param ratio pipeline over engine
     * @param lowerQuartile of the ratios
     * @param upperQuartile of the ratios
     * @param ratioPerCpuSecond pipeline over engine in tokens per processor second of the decoding thread: what the
     *     ratio would be if both threads were always on a processor
     */
    public record Figures(
            double engineTokensPerSecond,
            double pipelineTokensPerSecond,
            double ratio,
            double lowerQuartile,
            double upperQuartile,
            double ratioPerCpuSecond,
            List<Round> rounds) {
        static Figures of(List<Round> rounds) {
            double[] ratios = rounds.stream().mapToDouble(Round::ratio).toArray();
            return new Figures(
                    median(rounds, round -> round.engine().tokensPerSecond()),
                    median(rounds, round -> round.pipeline().tokensPerSecond()),
                    quantile(ratios, 0.5),
                    quantile(ratios, 0.25),
                    quantile(ratios, 0.75),
                    median(
                            rounds,
                            round -> round.pipeline().tokensPerCpuSecond()
                                    / round.engine().tokensPerCpuSecond()),
                    List.copyOf(rounds));
        }

        private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
            return quantile(rounds.stream().mapToDouble(figure).toArray(), 0.5);
        }

        private static double quantile(double[] values, double part) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return sorted[(int) Math.round(part * (sorted.length - 1))];
        }
    }

    public PipelineBench(Clock clock, Path model, int rows, int prompts) {
        this.clock = clock;
        setup = new BenchSetup(model, rows);
        IntakeStream stream = IntakeStream.uniform(17, Split.TRAIN);
        for (int i = 0; i < prompts; i++) {
            texts.add(stream.next().prompt());
        }
    }

    /** Alternates the sides {@code rounds} times, at least once. */
    public Figures run(int rounds) throws IOException, InterruptedException {
        List<Round> measured = new ArrayList<>();
        try (BareEngine engine = new BareEngine(clock, setup, texts);
                BenchPipeline pipeline = BenchPipeline.start(clock, setup)) {
            int first = warmUp(engine, pipeline);
            for (int round = first; round < first + rounds; round++) {
                measured.add(round(round, engine, pipeline));
            }
        }
        return Figures.of(measured);
    }

    /** Number of the first round that counts. */
    private int warmUp(BareEngine engine, BenchPipeline pipeline) throws InterruptedException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        int round = 0;
        double compiling = 1;
        while (round < LEAST_WARM_UP || (round < MOST_WARM_UP && compiling > COMPILING)) {
            long millis = compiler.getTotalCompilationTime();
            long start = System.nanoTime();
            round(round, engine, pipeline);
            compiling = (compiler.getTotalCompilationTime() - millis) * 1e6 / (System.nanoTime() - start);
            round++;
        }
        return round;
    }

    private Round round(int number, BareEngine engine, BenchPipeline pipeline) throws InterruptedException {
        if (number % 2 == 0) {
            Turn alone = alone(engine);
            return new Round(alone, through(number, pipeline));
        }
        Turn through = through(number, pipeline);
        return new Round(alone(engine), through);
    }

    private Turn alone(BareEngine engine) {
        Turn.Start start = new Turn.Start(Thread.currentThread().getName());
        return start.end(engine.decode());
    }

    private Turn through(int round, BenchPipeline pipeline) throws InterruptedException {
        Turn.Start start = new Turn.Start(BenchPipeline.TASK_THREAD);
        return start.end(pipeline.decode("round" + round + "-", texts));
    }
}
