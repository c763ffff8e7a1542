package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.account.BudgetSimulation.Fault;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred thousand histories; seeds 0 to 99,999. */
class BudgetSimulationIT {
    private static final int HISTORIES = 25_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void noHistoryOfAHundredThousandExceedsACap(int quarter) {
        long from = (long) quarter * HISTORIES;
        long[] broken = LongStream.range(from, from + HISTORIES)
                .parallel()
                .filter(seed -> BudgetSimulationTest.breaks(seed, Fault.NONE))
                .toArray();

        assertThat(broken)
                .as("replay: new BudgetSimulation(seed, Fault.NONE).run(%d)", BudgetSimulationTest.EVENTS)
                .isEmpty();
    }
}
