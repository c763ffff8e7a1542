package dev.understudy.infra.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class InterruptionTest {
    private final Interruption interruption = new Interruption();

    @Test
    void aRequestWaitsForTheWorkThatWasBegunAndForNoOther() throws InterruptedException {
        Interruption.Work first = interruption.begin();
        Interruption.Work second = interruption.begin();
        Thread asking = new Thread(interruption::request);
        asking.start();
        await().until(interruption::requested);
        first.close();
        await().until(() -> asking.getState() == Thread.State.WAITING);
        second.close();
        asking.join(10_000);
        assertThat(asking.isAlive()).isFalse();
        assertThat(interruption.cutsOff()).as("the failure of work is told").isFalse();
    }

    @Test
    void aRequestWithoutWorkReturnsAtOnce() {
        assertThat(interruption.cutsOff()).isFalse();
        interruption.request();
        assertThat(interruption.requested()).isTrue();
        assertThat(interruption.cutsOff()).isTrue();
    }
}
