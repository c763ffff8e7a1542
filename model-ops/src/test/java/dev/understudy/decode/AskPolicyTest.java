package dev.understudy.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AskPolicyTest {
    @Test
    void confidenceAsksStrictlyAboveThePrice() {
        AskPolicy policy = new AskPolicy.Confidence();

        assertThat(policy.asks(0.5, 0.5, 0)).isFalse();
        assertThat(policy.asks(0.499, 0.5, 0)).isTrue();
        assertThat(policy.asks(1, 0, 0)).isFalse();
        assertThat(policy.asks(1, AskPrices.ASK_ALWAYS, 0)).isTrue();
    }

    @Test
    void othersIgnoreThePrice() {
        assertThat(new AskPolicy.Never().asks(0.1, AskPrices.ASK_ALWAYS, 0)).isFalse();
        assertThat(new AskPolicy.Always().asks(1, 1, 0.99)).isTrue();
        assertThat(new AskPolicy.Random(0.25).asks(1, 1, 0.24)).isTrue();
        assertThat(new AskPolicy.Random(0.25).asks(0.1, 0, 0.25)).isFalse();
    }

    @Test
    void shareOutsideZeroToOneIsRefused() {
        assertThatThrownBy(() -> new AskPolicy.Random(1.5))
                .hasMessageContaining("share 1.5")
                .hasMessageContaining("expected 0 to 1");
    }

    @Test
    void auditShareOutsideZeroToOneIsRefused() {
        AskConfig good = AskConfig.of(new AskPolicy.Never());

        assertThatThrownBy(() -> new AskConfig(good.policy(), -0.1, true, good.timeout(), good.pause()))
                .hasMessageContaining("decode.audit-share is -0.1");
    }
}
