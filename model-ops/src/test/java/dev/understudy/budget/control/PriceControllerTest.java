package dev.understudy.budget.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.control.SightSums.Verdict;
import dev.understudy.budget.price.DifficultyScale;
import dev.understudy.budget.price.HelpPrice;
import dev.understudy.budget.price.PriceScale;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.budget.price.PriceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PriceControllerTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final double RIGHT = 1;

    private final PriceController controller = controller();
    private final WorkloadTallies tallies = new WorkloadTallies("decode-0");
    private final PriceTable table = new PriceTable();
    private String priced = "v1";

    @Test
    void anUnknownWorkloadIsAskedEverywhere() {
        assertThat(table.price("acme", "order", "v1").asks(0)).isTrue();
    }

    @Test
    void asksEverywhereUntilEnoughSequencesWereSeenWhole() {
        controller.serve("v1", Map.of());
        see("v1", 48, RIGHT);
        tick(0);
        assertThat(price().asksAlways()).isTrue();

        see("v1", 1, RIGHT);
        tick(1);

        assertThat(price().price()).isCloseTo(0.01, within(1e-9));
    }

    @Test
    void asksEverywhereWhileNoPriceReachesTheTarget() {
        controller.serve("v1", Map.of());
        see("v1", 90, RIGHT);
        see("v1", 10, 0.00001);
        tick(0);

        assertThat(price().asksAlways()).isTrue();
    }

    @Test
    void takesTheHighestPriceThatReachesTheTarget() {
        controller.serve("v1", Map.of());
        see("v1", 90, RIGHT);
        see("v1", 10, 0.004);
        tick(0);

        assertThat(price().asks(0.004)).isTrue();
        assertThat(price().asks(0.002)).isFalse();
    }

    @Test
    void raisesThePriceByBoundedStepsOnly() {
        controller.serve("v1", Map.of());
        see("v1", 100, RIGHT);

        assertThat(IntStream.of(0, 9, 10, 19, 20, 30, 40, 50).mapToObj(second -> {
                    tick(second);
                    return price().bin();
                }))
                .containsExactly(16, 16, 20, 20, 24, 28, 31, 31);
    }

    @Test
    void asksEverywhereAgainWhenTheLatestAuditsMissTheTarget() {
        controller.serve("v1", Map.of());
        see("v1", 200, RIGHT);
        tick(0);
        see("v1", 2, 0.001);
        tick(1);
        assertThat(price().asksAlways()).as("two of forty").isFalse();

        see("v1", 1, 0.001);
        tick(2);
        assertThat(price().asksAlways()).as("three of forty").isTrue();

        see("v1", 39, RIGHT);
        tick(3);
        assertThat(price().asksAlways()).as("39 after the alarm").isTrue();
    }

    @Test
    void startsANewVersionFromTheGatesCurve() {
        controller.serve("v1", Map.of());
        see("v1", 1, RIGHT);
        controller.serve("v2", Map.of("order", curve(31, 200)));
        tick(0);
        assertThat(price().bin()).isEqualTo(16);

        controller.serve("v3", Map.of());
        tick(1);
        assertThat(price().asksAlways()).isTrue();
    }

    @Test
    void tellsThePriceOfAPublishedVersionBeforeItServes() {
        controller.serve("v1", Map.of());
        see("v1", 1, RIGHT);
        tick(0);

        assertThat(controller.announce("v2", Map.of("order", curve(31, 200))))
                .containsExactly(new PriceSet("acme", "order", "v2", HelpPrice.ofBin(16)));
        assertThat(controller.announce("v2", Map.of()))
                .as("without a curve nothing is known")
                .isEmpty();
        assertThat(controller.announce("v2", Map.of("order", curve(31, 39))))
                .as("too few")
                .isEmpty();
        controller.serve("v2", Map.of("order", curve(31, 200)));
        tick(1);
        assertThat(price().bin()).as("as announced").isEqualTo(16);
    }

    @Test
    void leavesTheWorkloadsOfOthersAlone() {
        controller.serve("v1", Map.of());
        tallies.seenWhole("stranger", "order", "v1", RIGHT);
        tallies.snapshot().forEach(controller::onTally);

        assertThat(controller.tick(NOW)).isEmpty();
        assertThat(controller.states()).isEmpty();
    }

    @Test
    void tellsHowAWorkloadDoes() {
        controller.serve("v1", Map.of());
        tallies.finished("acme", "order", "v1", new HelpUse(300, 0, 30, 0, 0), new float[300]);
        for (int i = 0; i < 4; i++) {
            tallies.looked("acme", "order", "v1", SightSums.NONE.seen(1, i == 0 ? Verdict.DISAGREES : Verdict.AGREES));
        }
        tallies.snapshot().forEach(controller::onTally);
        tick(0);

        assertThat(controller.states()).singleElement().satisfies(state -> {
            assertThat(state.price()).isEqualTo(HelpPrice.ASK_ALWAYS);
            assertThat(state.version()).isEqualTo("v1");
            assertThat(state.share()).isCloseTo(0.1, within(1e-9));
            assertThat(state.agreement().value()).isCloseTo(0.75, within(1e-9));
        });
    }

    @Test
    void aPriceHoldsForItsVersionOnly() {
        table.onPrice(new PriceSet("acme", "order", "v2", HelpPrice.ofBin(16)));

        assertThat(table.price("acme", "order", "v2").asksAlways()).isFalse();
        assertThat(table.price("acme", "order", "v1").asksAlways()).isTrue();
    }

    @Test
    void usesWhatACanaryOfTheVersionShowed() {
        controller.serve("v1", Map.of());
        see("v2", 50, RIGHT);
        tick(0);
        assertThat(price().asksAlways()).as("while v1 serves").isTrue();

        controller.serve("v2", Map.of());
        tick(1);

        assertThat(price().bin()).isEqualTo(16);
    }

    @Test
    void keepsItsPricesOverARestart() {
        controller.serve("v1", Map.of());
        see("v1", 100, RIGHT);
        tick(0);
        PriceController restarted = controller();
        restarted.recover(new PriceSet("acme", "order", "v1", price()));
        tallies.snapshot().forEach(restarted::onTally);
        restarted.serve("v1", Map.of());

        assertThat(restarted.tick(NOW)).containsExactly(new PriceSet("acme", "order", "v1", HelpPrice.ofBin(16)));
    }

    @Test
    void repeatsAndOldTalliesChangeNothing() {
        controller.serve("v1", Map.of());
        see("v1", 20, RIGHT);
        List<WorkloadTally> old = tallies.snapshot();
        see("v1", 10, RIGHT);
        old.forEach(controller::onTally);
        tallies.snapshot().forEach(controller::onTally);
        tick(0);

        assertThat(price().asksAlways()).isTrue();
    }

    @Test
    void theBoundIsTheBinomials() {
        assertThat(QualityLoop.atMost(38, 40, 0.98)).isCloseTo(0.1905, within(1e-4));
        assertThat(QualityLoop.atMost(37, 40, 0.98)).isCloseTo(0.0457, within(1e-4));
        assertThat(QualityLoop.atMost(40, 40, 0.98)).isCloseTo(1, within(1e-9));
    }

    @Test
    void talliesSurviveASnapshot() {
        tallies.finished("acme", "order", "v1", new HelpUse(3, 1, 2, 70, 9), new float[] {0, 0.5f, 1});
        tallies.seenWhole("acme", "order", "v1", 0.5);
        tallies.looked("acme", "order", "v1", SightSums.NONE.seen(0.5, Verdict.DISAGREES));
        WorkloadTallies restored = new WorkloadTallies("decode-0");
        restored.restore(tallies.snapshot());
        restored.finished("acme", "order", "v1", new HelpUse(1, 0, 0, 0, 0), new float[] {0.5f});

        WorkloadTally tally = restored.snapshot().get(0);
        assertThat(tally.use()).isEqualTo(new HelpUse(4, 1, 2, 70, 9));
        assertThat(tally.difficulties().get(0)).isEqualTo(1);
        assertThat(tally.difficulties().get(DifficultyScale.bin(0.5))).isEqualTo(2);
        assertThat(tally.difficulties().get(63)).isEqualTo(1);
        assertThat(tally.sights()).isEqualTo(new SightSums(1, 2, 2, 2, 2, 2));
        assertThat(tally.audited()).isEqualTo(1);
    }

    private void see(String version, int sequences, double needed) {
        IntStream.range(0, sequences).forEach(i -> tallies.seenWhole("acme", "order", version, needed));
        tallies.snapshot().forEach(controller::onTally);
    }

    private void tick(int second) {
        controller.tick(NOW.plusSeconds(second)).forEach(set -> {
            table.onPrice(set);
            priced = set.version();
        });
    }

    private HelpPrice price() {
        return table.price("acme", "order", priced);
    }

    private static List<Long> curve(int bin, long sequences) {
        Long[] counts = Collections.nCopies(PriceScale.BINS, 0L).toArray(new Long[0]);
        counts[bin] = sequences;
        return List.of(counts);
    }

    private static PriceController controller() {
        TenantBudget acme = TenantBudget.of("acme", 1_000, 1_000, Duration.ofMinutes(1));
        return new PriceController(BudgetConfig.of(List.of(acme)), UseControl.DEFAULT, Duration.ofSeconds(10));
    }
}
