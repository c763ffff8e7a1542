package dev.understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.broker.SharedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class TopicSetupIT {
    @Test
    void createsWhatIsMissingAndAcceptsItTheSecondTime(EmbeddedBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            TopicSetup setup = new TopicSetup("fresh.", (short) 1, Map.of(Topics.PROMPTS, 3));
            setup.createOrCheck(admin);
            setup.createOrCheck(admin);

            assertThat(admin.listTopics().names().get()).contains("fresh.prompts", "fresh.control", "fresh.memory");
            assertThat(admin.describeTopics(List.of("fresh.prompts"))
                            .allTopicNames()
                            .get()
                            .values())
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.partitions()).hasSize(3));
            assertThat(setting(admin, "fresh.usage", "cleanup.policy")).isEqualTo("compact");
            assertThat(setting(admin, "fresh.swaps", "retention.ms")).isEqualTo("-1");
        }
    }

    @Test
    void namesEveryTopicThatCannotBeUsed(EmbeddedBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.createTopics(List.of(
                            new NewTopic("wrong.control", 2, (short) 1).configs(Map.of("cleanup.policy", "compact")),
                            new NewTopic("wrong.usage", 1, (short) 1)))
                    .all()
                    .get();
            await().until(() -> admin.listTopics().names().get().containsAll(List.of("wrong.control", "wrong.usage")));
            assertThatThrownBy(() -> TopicSetup.single("wrong.").createOrCheck(admin))
                    .isInstanceOf(TopicMismatchException.class)
                    .hasMessageContaining("wrong.control has 2 partitions; expected 1")
                    .hasMessageContaining("wrong.usage has cleanup.policy=delete; expected compact");
        }
    }

    @Test
    void topicsTakeRecordsAsSoonAsTheyAreSetUp(EmbeddedBroker broker) throws Exception {
        Map<String, Object> impatient = Map.of("bootstrap.servers", broker.bootstrapServers(), "retries", 0);
        for (int run = 0; run < 20; run++) {
            try (Admin admin = admin(broker);
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(impatient, new ByteArraySerializer(), new ByteArraySerializer())) {
                TopicSetup.single("run" + run + ".").createOrCheck(admin);
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (Topics topic : Topics.values()) {
                    for (int partition = 0; partition < topic.partitions(); partition++) {
                        String name = topic.name("run" + run + ".");
                        sent.add(producer.send(new ProducerRecord<>(name, partition, new byte[] {1}, new byte[] {1})));
                    }
                }
                for (Future<RecordMetadata> record : sent) {
                    assertThat(record).succeedsWithin(Duration.ofSeconds(10));
                }
            }
        }
    }

    private static String setting(Admin admin, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var configs = admin.describeConfigs(List.of(resource)).all().get().values();
        return configs.iterator().next().get(name).value();
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()));
    }
}
