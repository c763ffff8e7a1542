package dev.understudy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.broker.SharedBroker;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class PromptClientIT {
    @Test
    void eachPromptGetsItsCommittedCompletionOnce(EmbeddedBroker broker) throws Exception {
        topics(broker, "answered.");
        try (FakePipeline pipeline = new FakePipeline(broker.bootstrapServers(), "answered.");
                PromptClient client = PromptClient.connect(broker.bootstrapServers(), "answered.")) {
            List<CompletableFuture<CompletionProduced>> futures = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                futures.add(client.send(prompt("p-" + i, "say " + i)));
            }
            for (int i = 0; i < 20; i++) {
                CompletionProduced completion = futures.get(i).get(60, TimeUnit.SECONDS);
                assertThat(completion.getId()).isEqualTo("p-" + i);
                assertThat(completion.getText()).isEqualTo("SAY " + i);
            }
            assertThat(client.awaited()).isZero();
            await().atMost(Duration.ofSeconds(20)).until(() -> client.dropped() == 20);
            assertThat(pipeline).isNotNull();
        }
    }

    @Test
    void refusesASecondPromptWithTheSameIdAndFailsWhatIsAwaitedAtClose(EmbeddedBroker broker) throws Exception {
        topics(broker, "silent.");
        PromptClient client = PromptClient.connect(broker.bootstrapServers(), "silent.");
        CompletableFuture<CompletionProduced> future = client.send(prompt("p-1", "hello"));
        assertThatThrownBy(() -> client.send(prompt("p-1", "hello again"))).hasMessageContaining("already awaited");
        client.flush();
        client.close();
        assertThatThrownBy(future::get).hasMessageContaining("the client is closed");
    }

    private static void topics(EmbeddedBroker broker, String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicSetup.single(prefix).createOrCheck(admin);
        }
    }

    private static PromptSubmitted prompt(String id, String text) {
        return PromptSubmitted.newBuilder()
                .setId(id)
                .setTenant("acme")
                .setWorkload("intake")
                .setText(text)
                .setSampling(SamplingChoice.newBuilder().build())
                .setSubmittedAt(Instant.EPOCH)
                .build();
    }
}
