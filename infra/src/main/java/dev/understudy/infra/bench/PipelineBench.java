package dev.understudy.infra.bench;

import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decoding through Kafka and Flink against the same decoder without them: same model, prompts, rows and kernel, policy
 * never. Both sides are warm and take turns, and which one begins changes with every round. The pipeline keeps running
 * while the engine has its turn, as a serving job does; idle, it takes a few hundredths of the core that the
 * single-threaded engine leaves alone.
 */
public final class PipelineBench {
    /** Rounds that only warm up: the compiler of the JVM works through Kafka and Flink for as long as that. */
    private static final int WARM_UP = 3;

    private final Clock clock;
    private final BenchSetup setup;
    private final List<String> texts = new ArrayList<>();

    /** One alternation, tokens a second on each side. */
    public record Round(double engine, double pipeline) {
        /** Pipeline over engine. */
        public double ratio() {
            return pipeline / engine;
        }
    }

    /**
     * Medians over the rounds; ratios are paired within a round.
     *
     * @param ratio pipeline over engine
     * @param lowerQuartile of the ratios
     * @param upperQuartile of the ratios
     */
    public record Figures(
            double engineTokensPerSecond,
            double pipelineTokensPerSecond,
            double ratio,
            double lowerQuartile,
            double upperQuartile,
            List<Round> rounds) {
        static Figures of(List<Round> rounds) {
            double[] ratios = rounds.stream().mapToDouble(Round::ratio).toArray();
            return new Figures(
                    quantile(rounds.stream().mapToDouble(Round::engine).toArray(), 0.5),
                    quantile(rounds.stream().mapToDouble(Round::pipeline).toArray(), 0.5),
                    quantile(ratios, 0.5),
                    quantile(ratios, 0.25),
                    quantile(ratios, 0.75),
                    List.copyOf(rounds));
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
        try (BareEngine engine = new BareEngine(clock, setup);
                BenchPipeline pipeline = BenchPipeline.start(clock, setup)) {
            for (int round = -WARM_UP; round < rounds; round++) {
                Round one = round(round, engine, pipeline);
                if (round >= 0) {
                    measured.add(one);
                }
            }
        }
        return Figures.of(measured);
    }

    private Round round(int number, BareEngine engine, BenchPipeline pipeline) throws InterruptedException {
        String ids = "round" + number + "-";
        if (number % 2 == 0) {
            double alone = engine.decode(texts).tokensPerSecond();
            return new Round(alone, pipeline.decode(ids, texts).tokensPerSecond());
        }
        double through = pipeline.decode(ids, texts).tokensPerSecond();
        return new Round(engine.decode(texts).tokensPerSecond(), through);
    }
}
