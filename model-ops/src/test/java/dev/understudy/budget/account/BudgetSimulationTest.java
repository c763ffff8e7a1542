package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.understudy.budget.account.BudgetSimulation.Fault;
import dev.understudy.budget.account.SimulatedTeacher.InvariantBroken;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The budget's invariant under failures, as the teacher's own log shows it: seeds from 0, each a history of 100 events
 * and five quiet seconds. {@code BudgetSimulationIT} runs a hundred thousand.
 */
class BudgetSimulationTest {
    static final int EVENTS = 100;
    private static final int HISTORIES = 2_000;
    private static final int TRIES = 20_000;

    @Test
    void theTeachersLogNeverExceedsACap() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            BudgetSimulation simulation = new BudgetSimulation(seed, Fault.NONE);
            assertThatCode(() -> simulation.run(EVENTS))
                    .as("replay: new BudgetSimulation(%d, Fault.NONE).run(%d)", seed, EVENTS)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void helpIsUsedUnderFailuresToo() {
        long done = LongStream.range(0, 50)
                .map(seed -> {
                    BudgetSimulation simulation = new BudgetSimulation(seed, Fault.NONE);
                    simulation.run(EVENTS);
                    return simulation.teacher().done();
                })
                .sum();

        assertThat(done).as("tokens of 50 histories").isGreaterThan(50 * 20);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyBrokenRuleIsFound(Fault fault) {
        assertThat(LongStream.range(0, TRIES).anyMatch(seed -> breaks(seed, fault)))
                .as("some history of %d overspends with %s", TRIES, fault)
                .isTrue();
    }

    static boolean breaks(long seed, Fault fault) {
        try {
            new BudgetSimulation(seed, fault).run(EVENTS);
            return false;
        } catch (InvariantBroken expected) {
            return true;
        }
    }
}
