package dev.understudy.flink.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotGateTest {
    private final SlotGate gate = SlotGate.install();

    @AfterEach
    void uninstall() {
        gate.uninstall();
    }

    @Test
    void aWaitingReaderIsWokenWhenTheGateOpens() {
        gate.close();
        CompletableFuture<Void> waiting = gate.opened();
        assertThat(waiting).isNotDone();
        assertThat(gate.isOpen()).isFalse();

        gate.open();

        assertThat(waiting).isDone();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void closingTwiceKeepsThoseWhoWait() {
        gate.close();
        CompletableFuture<Void> waiting = gate.opened();

        gate.close();

        assertThat(gate.opened()).isSameAs(waiting);
    }

    @Test
    void aThreadWithoutAnOperatorHasNoGate() throws Exception {
        assertThat(SlotGate.ofTask()).isSameAs(gate);
        assertThat(CompletableFuture.supplyAsync(SlotGate::ofTask).get()).isNull();
    }

    @Test
    void uninstallingWakesAReaderAndLeavesNoGate() {
        gate.close();
        CompletableFuture<Void> waiting = gate.opened();

        gate.uninstall();

        assertThat(waiting).isDone();
        assertThat(SlotGate.ofTask()).isNull();
    }
}
