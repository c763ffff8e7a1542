package dev.understudy.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.swap.SwapAction.Outcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SwapProtocolTest {
    private static final CheckpointId A = new CheckpointId("a");
    private static final CheckpointId B = new CheckpointId("b");
    private static final CheckpointId C = new CheckpointId("c");

    private final SwapProtocol protocol = new SwapProtocol(A);

    @Test
    void servesTheNewVersionOnceItIsProvedAndClosesTheOldOneWhenDrained() {
        assertThat(assign(1, B)).containsExactly(new SwapAction.Load(1, B, 1));
        assertThat(protocol.serves(A)).isTrue();
        assertThat(protocol.on(new SwapEvent.Loaded(1, B, "8 probes")))
                .containsExactly(new SwapAction.Serve(B), new SwapAction.Report(Outcome.SERVING, B, 1, "8 probes"));
        assertThat(protocol.state()).isEqualTo(new SwapState.Draining(B, Set.of(A)));
        assertThat(protocol.open()).containsExactlyInAnyOrder(A, B);
        assertThat(protocol.on(new SwapEvent.Drained(A))).containsExactly(new SwapAction.Close(A));
        assertThat(protocol.state()).isEqualTo(new SwapState.Serving(B));
    }

    @Test
    void aFailedLoadIsTriedThreeTimesAndLeavesTheOldVersionServing() {
        assign(1, B);
        assertThat(protocol.on(new SwapEvent.LoadFailed(1, B, "no file")))
                .containsExactly(
                        new SwapAction.Report(Outcome.RETRYING, B, 1, "no file"), new SwapAction.Load(2, B, 2));
        protocol.on(new SwapEvent.LoadFailed(2, B, "no file"));
        assertThat(protocol.on(new SwapEvent.LoadFailed(3, B, "no file")))
                .containsExactly(new SwapAction.Report(Outcome.REFUSED, B, 1, "no file (3 attempts)"));
        assertThat(protocol.state()).isInstanceOf(SwapState.Refused.class);
        assertThat(protocol.serving()).isEqualTo(A);
    }

    @Test
    void aFailedProofIsFinal() {
        assign(1, B);
        assertThat(protocol.on(new SwapEvent.ProofFailed(1, B, "sha256 differs")))
                .containsExactly(new SwapAction.Report(Outcome.REFUSED, B, 1, "sha256 differs"));
        assertThat(protocol.serving()).isEqualTo(A);
    }

    @Test
    void theNewestAssignmentWinsWhateverArrivesLate() {
        assign(1, B);
        assign(3, C);
        assertThat(assign(2, B)).isEmpty();
        assertThat(protocol.on(new SwapEvent.Loaded(1, B, "late"))).containsExactly(new SwapAction.Discard(1, B));
        protocol.on(new SwapEvent.Loaded(2, C, "proved"));
        assertThat(protocol.serving()).isEqualTo(C);
    }

    @Test
    void rollingBackToAVersionThatIsStillOpenNeedsNoLoad() {
        assign(1, B);
        protocol.on(new SwapEvent.Loaded(1, B, "proved"));
        assertThat(assign(2, A)).first().isEqualTo(new SwapAction.Serve(A));
        assertThat(protocol.on(new SwapEvent.Drained(B))).containsExactly(new SwapAction.Close(B));
    }

    @Test
    void returningToTheServingVersionCancelsALoad() {
        assign(1, B);
        assign(2, A);
        assertThat(protocol.state()).isEqualTo(new SwapState.Serving(A));
        assertThat(protocol.on(new SwapEvent.Loaded(1, B, "late"))).containsExactly(new SwapAction.Discard(1, B));
    }

    @Test
    void aBlockedVersionIsNeverServed() {
        List<SwapAction> actions = protocol.on(new SwapEvent.Assigned(new Assignment(1, B, Set.of(B))));
        assertThat(actions).containsExactly(new SwapAction.Report(Outcome.REFUSED, B, 1, "it is blocked"));
    }

    @Test
    void aBlockThatComesDuringALoadStopsIt() {
        assign(1, B);
        protocol.on(new SwapEvent.Assigned(new Assignment(2, B, Set.of(B))));
        assertThat(protocol.on(new SwapEvent.Loaded(1, B, "late"))).containsExactly(new SwapAction.Discard(1, B));
        assertThat(protocol.serving()).isEqualTo(A);
    }

    @Test
    void aRestoredDecoderIgnoresWhatItHadLeftBehind() {
        SwapProtocol restored = new SwapProtocol(B, 5);
        assertThat(restored.on(new SwapEvent.Assigned(new Assignment(4, A, Set.of()))))
                .isEmpty();
        assertThat(restored.on(new SwapEvent.Assigned(new Assignment(5, B, Set.of(A)))))
                .containsExactly(new SwapAction.Report(Outcome.SERVING, B, 5, "served already"));
        assertThat(restored.on(new SwapEvent.Assigned(new Assignment(6, C, Set.of()))))
                .containsExactly(new SwapAction.Load(1, C, 1));
    }

    private List<SwapAction> assign(long sequence, CheckpointId version) {
        return protocol.on(new SwapEvent.Assigned(new Assignment(sequence, version, Set.of())));
    }
}
