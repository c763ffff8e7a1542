package dev.understudy.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class EmbeddedBrokerIT {
    @Test
    void saysInOneSentenceThatThePortIsTaken(EmbeddedBroker running) {
        int taken = Integer.parseInt(running.bootstrapServers().split(":", -1)[1]);
        assertThatThrownBy(() -> EmbeddedBroker.start(taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + taken + " is in use")
                .hasMessageContaining("choose another port");
    }
}
