package dev.understudy.budget.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A wanted use is held, simulated: two subtasks decode sequences of 16 to 40 tokens, their tallies reach the controller
 * once in 256 tokens, and its price reaches them one such interval later. The difficulty of a token is u^hardness with
 * u uniform, so that a share b of them lies above (1 - b)^hardness.
 */
class UseLoopTest {
    private static final int WINDOW = 8_192;
    private static final int INTERVAL = 256;
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    /** Over every window of 8,192 tokens, from the first on: within a tenth of the target or one point. */
    @ParameterizedTest
    @CsvSource({"0.02", "0.05", "0.1", "0.2"})
    void shareIsHeldFromTheDefaultQuantileOn(double target) {
        for (long seed = 0; seed < 10; seed++) {
            Run run = new Run(seed, new HelpTarget.Share(target));
            run.decode(4, 4 * WINDOW);

            run.assertShare(target, WINDOW, 4 * WINDOW);
        }
    }

    /** Traffic becomes harder or easier at once: the same holds for every window that begins after one more window. */
    @ParameterizedTest
    @CsvSource({"0.02, 2", "0.05, 2", "0.1, 2", "0.2, 2", "0.02, 9", "0.05, 9", "0.1, 9", "0.2, 9"})
    void shareIsHeldThroughAStepOfDifficulty(double target, double after) {
        for (long seed = 0; seed < 10; seed++) {
            Run run = new Run(seed, new HelpTarget.Share(target));
            run.decode(4, 2 * WINDOW);
            run.decode(after, 3 * WINDOW);

            run.assertShare(target, WINDOW, 2 * WINDOW);
            run.assertShare(target, 3 * WINDOW, 5 * WINDOW);
        }
    }

    /** The step response: the share jumps with the difficulty and is back within the tolerance after 2,048 tokens. */
    @Test
    void aStepIsAnsweredWithinTwoThousandTokens() {
        Run run = new Run(1, new HelpTarget.Share(0.1));
        run.decode(4, 2 * WINDOW);
        double before = run.share(2 * WINDOW - 2_048, 2 * WINDOW);
        run.decode(2, WINDOW);

        assertThat(before).isEqualTo(0.1, within(0.02));
        assertThat(run.share(2 * WINDOW, 2 * WINDOW + 512)).isGreaterThan(0.15);
        assertThat(run.share(2 * WINDOW + 2_048, 2 * WINDOW + 4_096)).isEqualTo(0.1, within(0.03));
        assertThat(run.share(2 * WINDOW, 3 * WINDOW)).isEqualTo(0.1, within(0.01));
    }

    @Test
    void costIsHeldWhateverAnAskCosts() {
        // 250 micro-dollars an ask: 5,000 a thousand tokens are 20 asks.
        Run run = new Run(2, new HelpTarget.Spend(5_000));
        run.decode(4, 5 * WINDOW);

        assertThat(run.share(2 * WINDOW, 5 * WINDOW)).isEqualTo(0.02, within(0.002));
    }

    @Test
    void delayIsHeld() {
        // 40 ms an ask: 2,000 ms a thousand tokens are 50 asks.
        Run run = new Run(3, new HelpTarget.Delay(2_000));
        run.decode(4, 5 * WINDOW);

        assertThat(run.share(2 * WINDOW, 5 * WINDOW)).isEqualTo(0.05, within(0.005));
    }

    /** The student is so good that even the floor asks less than wanted; what was not used is not saved up. */
    @Test
    void nothingIsSavedUpAtTheFloor() {
        Run run = new Run(4, new HelpTarget.Share(0.2));
        run.decode(40, 6 * WINDOW);
        assertThat(run.price()).isEqualTo(UseControl.DEFAULT.floor());
        run.decode(4, 2 * WINDOW);

        run.assertShare(0.2, 8 * WINDOW, 8 * WINDOW);
    }

    /** Half of the wishes are refused: the price does not fall to make up for them. */
    @Test
    void refusedPositionsAreLeftOut() {
        Run free = new Run(5, new HelpTarget.Share(0.1));
        free.decode(4, 3 * WINDOW);
        Run refused = new Run(5, new HelpTarget.Share(0.1));
        refused.refusal = 0.5;
        refused.decode(4, 3 * WINDOW);

        // Of all tokens 5 % are masked and 5 % are the teacher's: 5.3 % of the unmasked.
        assertThat(refused.price()).isBetween(free.price() * 0.5, free.price());
        assertThat(refused.share(WINDOW, 3 * WINDOW)).isGreaterThan(0.05);
    }

    @Test
    void controlsThatCannotBeMeantAreRefused() {
        assertThatThrownBy(() -> new UseControl(0.5, 0.4, 256, 4_096)).hasMessageContaining("floor < ceiling");
        assertThatThrownBy(() -> new UseControl(0.1, 0.4, 256, 100)).hasMessageContaining("every-tokens <= horizon");
    }

    /** Traffic of one workload under one target. */
    private static final class Run {
        private final SplittableRandom random;
        private final PriceController controller;
        private final List<WorkloadTallies> subtasks =
                List.of(new WorkloadTallies("decode-0"), new WorkloadTallies("decode-1"));
        private final List<Boolean> asked = new ArrayList<>();
        private double price = 1;
        private double next = Double.NaN;
        private double refusal;
        private int sinceTold;

        Run(long seed, HelpTarget target) {
            random = new SplittableRandom(seed);
            TenantBudget acme =
                    TenantBudget.of("acme", 1, 1, Duration.ofHours(1)).aimingAt(target);
            controller = new PriceController(BudgetConfig.of(List.of(acme)), UseControl.DEFAULT, Duration.ZERO);
            controller.serve("v1", Map.of());
        }

        void decode(double hardness, int tokens) {
            int end = asked.size() + tokens;
            while (asked.size() < end) {
                sequence(hardness, Math.min(end - asked.size(), 16 + random.nextInt(25)));
            }
        }

        private void sequence(double hardness, int tokens) {
            float[] difficulties = new float[tokens];
            int teacher = 0;
            int masked = 0;
            for (int t = 0; t < tokens; t++) {
                difficulties[t] = (float) Math.pow(random.nextDouble(), hardness);
                boolean wanted = difficulties[t] > price;
                boolean refused = wanted && random.nextDouble() < refusal;
                masked += refused ? 1 : 0;
                teacher += wanted && !refused ? 1 : 0;
                asked.add(wanted && !refused);
            }
            subtasks.get(random.nextInt(2))
                    .finished(
                            "acme",
                            "order",
                            "v1",
                            new HelpUse(tokens, masked, teacher, 250L * teacher, 40L * teacher),
                            difficulties);
            sinceTold += tokens;
            if (sinceTold >= INTERVAL) {
                sinceTold = 0;
                tell();
            }
        }

        private void tell() {
            if (!Double.isNaN(next)) {
                price = next;
            }
            subtasks.forEach(subtask -> subtask.snapshot().forEach(controller::onTally));
            controller.tick(NOW).forEach(set -> next = set.price().price());
        }

        double price() {
            return next;
        }

        double share(int from, int to) {
            return asked.subList(from, to).stream().filter(ask -> ask).count() / (double) (to - from);
        }

        void assertShare(double target, int from, int to) {
            double tolerance = Math.max(0.1 * target, 0.01);
            for (int end = from; end <= to; end += INTERVAL) {
                assertThat(share(end - WINDOW, end))
                        .as("share of the last %d tokens at token %d", WINDOW, end)
                        .isEqualTo(target, within(tolerance));
            }
        }
    }
}
