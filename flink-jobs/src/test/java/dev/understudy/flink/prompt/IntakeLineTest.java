package dev.understudy.flink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntakeLineTest {
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private final AtomicInteger told = new AtomicInteger();
    private final IntakeLine<Integer> line = new IntakeLine<>(this::reading, told::incrementAndGet, "test-intake");

    @AfterEach
    void close() {
        mayRead.countDown();
        line.close();
    }

    private Arrival reading(int record) {
        try {
            mayRead.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (record < 0) {
            throw new IllegalArgumentException("broken");
        }
        return new Arrival.Rejected(
                "p-" + record,
                null,
                RejectionReason.NO_TEXT,
                Thread.currentThread().getName());
    }

    @Test
    void nothingLeavesBeforeItIsReadAndNothingBlocks() {
        line.add(1);

        assertThat(line.next()).isEmpty();
        assertThat(line.size()).isEqualTo(1);
    }

    @Test
    void recordsLeaveInOrderAndAreReadOnTheLinesThread() {
        line.add(1);
        line.add(2);
        line.add(3);
        mayRead.countDown();
        Awaitility.await().until(() -> told.get() == 1);

        List<Integer> left = new ArrayList<>();
        for (Optional<IntakeLine.Read<Integer>> next = line.next(); next.isPresent(); next = line.awaitNext()) {
            left.add(next.get().record());
            assertThat(next.get().arrival())
                    .isInstanceOfSatisfying(
                            Arrival.Rejected.class,
                            rejected -> assertThat(rejected.message()).isEqualTo("test-intake"));
        }

        assertThat(left).containsExactly(1, 2, 3);
        assertThat(line.size()).isZero();
    }

    @Test
    void theOwnerIsToldOnceUntilItHasHeard() {
        mayRead.countDown();
        line.add(1);
        line.add(2);
        line.add(3);
        // The line tells of a record before it reads the next one.
        line.awaitNext();
        line.awaitNext();
        line.awaitNext();
        assertThat(told).hasValue(1);

        line.heard();
        line.add(4);
        line.add(5);
        line.awaitNext();
        line.awaitNext();
        assertThat(told).hasValue(2);
    }

    @Test
    void whatIsNotReadYetIsWaitedForBeforeASnapshot() {
        line.add(1);
        line.add(2);
        mayRead.countDown();

        assertThat(line.awaitNext().orElseThrow().record()).isEqualTo(1);
        assertThat(line.awaitNext().orElseThrow().record()).isEqualTo(2);
        assertThat(line.awaitNext()).isEmpty();
    }

    @Test
    void aFaultOfTheReaderComesOutAtTheOwner() {
        line.add(-1);
        mayRead.countDown();

        assertThatThrownBy(line::awaitNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[BUG]")
                .hasRootCauseMessage("broken");
    }
}
