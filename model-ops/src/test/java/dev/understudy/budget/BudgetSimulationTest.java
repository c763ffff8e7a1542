package dev.understudy.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.understudy.budget.BudgetSimulation.Fault;
import dev.understudy.budget.BudgetSimulation.InvariantBroken;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The budget's invariant under failures; seeds 0 to 199, each a history of 1,000 events. */
class BudgetSimulationTest {
    private static final int SEEDS = 200;
    private static final int EVENTS = 1_000;

    @Test
    void neverSpendsOrGrantsBeyondTheCap() {
        for (long seed = 0; seed < SEEDS; seed++) {
            BudgetSimulation simulation = new BudgetSimulation(seed, Fault.NONE);
            assertThatCode(() -> simulation.run(EVENTS))
                    .as("replay: new BudgetSimulation(%d, Fault.NONE).run(%d)", seed, EVENTS)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void spendsUnderFailuresToo() {
        long spent = LongStream.range(0, 10)
                .map(seed -> {
                    BudgetSimulation simulation = new BudgetSimulation(seed, Fault.NONE);
                    simulation.run(EVENTS);
                    return simulation.spentInAll();
                })
                .sum();

        assertThat(spent).as("tokens and calls of 10 histories").isGreaterThan(10 * 200);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsEachBrokenRule(Fault fault) {
        assertThat(LongStream.range(0, 200).anyMatch(seed -> breaks(seed, fault)))
                .as("some history of 200 overspends with %s", fault)
                .isTrue();
    }

    private static boolean breaks(long seed, Fault fault) {
        try {
            new BudgetSimulation(seed, fault).run(EVENTS);
            return false;
        } catch (InvariantBroken expected) {
            return true;
        }
    }
}
