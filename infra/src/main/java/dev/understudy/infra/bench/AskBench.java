package dev.understudy.infra.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.price.HelpPrice;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.decode.Help;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.TargetPrices;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What help costs while it is not used: the same decoder, model and prompts with policy confidence, whose price no
 * position meets, against policy never. The sides take turns, and which one begins changes with every round.
 */
public final class AskBench {
    private static final int WARM_UP = 2;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final BenchSetup setup;
    private final Clock clock;
    private final List<String> texts = new ArrayList<>();

    /** One side's turn: tokens a second, and tokens a second of processor time. */
    public record Turn(double speed, double cpuSpeed) {}

    /** One alternation. */
    public record Round(Turn never, Turn confidence) {
        double ratio() {
            return confidence.speed() / never.speed();
        }

        double cpuRatio() {
            return confidence.cpuSpeed() / never.cpuSpeed();
        }
    }

    /**
     * Medians over the rounds; ratios are paired within a round.
     *
     * @param ratio confidence over never
     * @param lowerQuartile of the ratios
     * @param upperQuartile of the ratios
     * @param cpuRatio the same of processor time, which a busy machine disturbs less
     */
    public record Figures(
            double neverTokensPerSecond,
            double confidenceTokensPerSecond,
            double ratio,
            double lowerQuartile,
            double upperQuartile,
            double cpuRatio,
            List<Round> rounds) {
        static Figures of(List<Round> rounds) {
            double[] ratios = rounds.stream().mapToDouble(Round::ratio).sorted().toArray();
            return new Figures(
                    Medians.of(rounds.stream()
                            .mapToDouble(round -> round.never().speed())
                            .toArray()),
                    Medians.of(rounds.stream()
                            .mapToDouble(round -> round.confidence().speed())
                            .toArray()),
                    Medians.of(ratios),
                    ratios[(int) Math.round(0.25 * (ratios.length - 1))],
                    ratios[(int) Math.round(0.75 * (ratios.length - 1))],
                    Medians.of(rounds.stream().mapToDouble(Round::cpuRatio).toArray()),
                    List.copyOf(rounds));
        }
    }

    /**
     * @param rows sequences at once, at least 1
     * @param prompts a side and round, at least 10
     */
    public AskBench(Clock clock, Path model, int rows, int prompts) {
        this.clock = clock;
        setup = new BenchSetup(model, rows);
        IntakeStream stream = IntakeStream.uniform(17, Split.TRAIN);
        for (int i = 0; i < prompts; i++) {
            texts.add(stream.next().prompt());
        }
    }

    /** Alternates the sides {@code rounds} times, at least once. */
    public Figures run(int rounds) {
        AskConfig confidence =
                new AskConfig(new AskPolicy.Confidence(), 0, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        Help idle = new Help(Help.none().teacher(), Help.none().allowance(), neverMet(), Runnable::run, "bench");
        List<Round> measured = new ArrayList<>();
        try (BareEngine engine = new BareEngine(clock, setup)) {
            for (int round = -WARM_UP; round < rounds; round++) {
                Turn[] turns = new Turn[2];
                for (int side : round % 2 == 0 ? new int[] {0, 1} : new int[] {1, 0}) {
                    turns[side] = turn(() -> side == 0 ? engine.decode(texts) : engine.decode(texts, confidence, idle));
                }
                if (round >= 0) {
                    measured.add(new Round(turns[0], turns[1]));
                }
            }
        }
        return Figures.of(measured);
    }

    private static Turn turn(Supplier<Finishes> decoding) {
        long before = SYSTEM.getProcessCpuTime();
        Finishes finishes = decoding.get();
        double seconds = (SYSTEM.getProcessCpuTime() - before) / 1e9;
        return new Turn(finishes.tokensPerSecond(), finishes.tokens() / seconds);
    }

    /** The difficulty of a law over V tokens is at most 1 - 1/V. */
    private static TargetPrices neverMet() {
        TargetPrices prices = new TargetPrices(1);
        prices.aim(BudgetConfig.of(List.of(TenantBudget.of(BenchSetup.TENANT, 1, 1, Duration.ofHours(1)))));
        prices.onPrice(new PriceSet(BenchSetup.TENANT, BenchSetup.TENANT, "bench", new HelpPrice(Math.nextDown(1.0))));
        return prices;
    }
}
