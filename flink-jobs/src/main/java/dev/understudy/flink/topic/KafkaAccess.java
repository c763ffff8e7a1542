package dev.understudy.flink.topic;

import dev.understudy.wire.Topics;
import java.io.Serializable;

/**
 * Where a pipeline's topics are.
 *
 * @param bootstrapServers brokers, {@code host:port[,host:port]}
 * @param prefix in front of every topic name, so that several pipelines share a broker; may be empty
 */
public record KafkaAccess(String bootstrapServers, String prefix) implements Serializable {
    public KafkaAccess {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrap-servers is empty; expected host:port[,host:port].");
        }
    }

    /** Full name of a topic. */
    public String name(Topics topic) {
        return topic.name(prefix);
    }
}
