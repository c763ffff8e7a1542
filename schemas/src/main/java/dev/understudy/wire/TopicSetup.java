package dev.understudy.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics of a pipeline that are missing and checks the ones that are there. Wrong settings on an existing
 * topic are never changed silently: a log that compacts where history is wanted has already lost it.
 *
 * @param prefix put in front of every name; may be empty
 * @param replication replicas of new topics, at least 1; from 3 on, two must be in sync for a write
 * @param partitions partitions of new topics where they differ from the default, at least 1
 */
public record TopicSetup(String prefix, short replication, Map<Topics, Integer> partitions) {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    public TopicSetup {
        if (replication < 1) {
            throw new IllegalArgumentException(
                    "Topic replication is " + replication + "; expected at least 1. Use 3 on a real cluster.");
        }
        partitions = Map.copyOf(partitions);
        partitions.forEach((topic, count) -> {
            if (count < 1) {
                throw new IllegalArgumentException("Partitions of " + topic.name("") + " are " + count
                        + "; expected at least 1. Raise them or leave the default of " + topic.partitions() + ".");
            }
        });
        Integer control = partitions.get(Topics.CONTROL);
        if (control != null && control != 1) {
            throw new IllegalArgumentException("Partitions of control are " + control
                    + "; expected 1, its readers rely on one order. Remove the setting.");
        }
    }

    /** One replica, default partitions: an embedded or development broker. */
    public static TopicSetup single(String prefix) {
        return new TopicSetup(prefix, (short) 1, Map.of());
    }

    /**
     * Makes sure that every topic is there as it must be.
     *
     * @throws TopicMismatchException if an existing topic has other settings; names all of them
     * @throws InterruptedException if the thread is interrupted while it waits for the broker
     */
    public void createOrCheck(Admin admin) throws InterruptedException {
        try {
            Set<String> present = admin.listTopics().names().get();
            create(admin, present);
            awaitVisible(admin);
            check(admin);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "Cannot set up the topics with prefix '" + prefix + "': " + cause.getMessage()
                            + ". Check that the broker answers and that this user may create and describe topics.",
                    cause);
        }
    }

    private void create(Admin admin, Set<String> present) throws InterruptedException, ExecutionException {
        List<NewTopic> missing = new ArrayList<>();
        for (Topics topic : Topics.values()) {
            if (!present.contains(topic.name(prefix))) {
                missing.add(new NewTopic(topic.name(prefix), count(topic), replication).configs(settings(topic)));
            }
        }
        for (var creation : admin.createTopics(missing).values().entrySet()) {
            try {
                creation.getValue().get();
                LOG.info("Created topic {}", creation.getKey());
            } catch (ExecutionException e) {
                // Another job of the pipeline starts at the same time and was faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    /** The controller confirms a topic before the brokers have heard of it; clients ask the brokers. */
    private void awaitVisible(Admin admin) throws InterruptedException, ExecutionException {
        Set<String> wanted = new HashSet<>();
        for (Topics topic : Topics.values()) {
            wanted.add(topic.name(prefix));
        }
        long started = System.nanoTime();
        while (!admin.listTopics().names().get().containsAll(wanted)) {
            if (System.nanoTime() - started > VISIBLE_WITHIN.toNanos()) {
                throw new IllegalStateException("Cannot see all topics with prefix '" + prefix + "' "
                        + VISIBLE_WITHIN.toSeconds()
                        + " seconds after they were created. Check that the brokers follow their controller.");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * A broker names itself leader of a new partition a moment before it takes records. Batches that a producer sends
     * into that moment are refused one by one while the next ones are accepted; the broker then holds the repeated ones
     * for out of order, and the producer repeats them in vain until its delivery times out.
     */
    private static void awaitLeaders(Admin admin, Map<String, TopicDescription> descriptions)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        descriptions.forEach((name, description) -> description
                .partitions()
                .forEach(partition -> ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        // Answered by the leader's log alone; the client asks again until it is there.
        admin.listOffsets(ends).all().get();
    }

    private int count(Topics topic) {
        return partitions.getOrDefault(topic, topic.partitions());
    }

    private Map<String, String> settings(Topics topic) {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, topic.keep().cleanupPolicy());
        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(topic.keep().retentionMillis()));
        if (replication >= 3) {
            settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        return settings;
    }

    private void check(Admin admin) throws InterruptedException, ExecutionException {
        Map<Topics, String> names = new EnumMap<>(Topics.class);
        Map<Topics, ConfigResource> resources = new EnumMap<>(Topics.class);
        for (Topics topic : Topics.values()) {
            names.put(topic, topic.name(prefix));
            resources.put(topic, new ConfigResource(ConfigResource.Type.TOPIC, topic.name(prefix)));
        }
        Map<String, TopicDescription> descriptions =
                admin.describeTopics(names.values()).allTopicNames().get();
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(resources.values()).all().get();
        awaitLeaders(admin, descriptions);
        List<String> problems = new ArrayList<>();
        names.forEach((topic, name) -> {
            Config config = configs.get(resources.get(topic));
            TopicDescription description = descriptions.get(name);
            if (config != null && description != null) {
                compare(topic, description.partitions().size(), config, problems);
            }
        });
        if (!problems.isEmpty()) {
            throw new TopicMismatchException(problems);
        }
    }

    /**
     * A topic with more partitions than asked for serves as well, and retention in time is the operator's choice; what
     * breaks the pipeline is another clean-up, a control topic without one order, and fewer partitions than asked for.
     */
    private void compare(Topics topic, int found, Config config, List<String> problems) {
        String name = topic.name(prefix);
        String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!policy.equals(topic.keep().cleanupPolicy())) {
            problems.add("topic " + name + " has cleanup.policy=" + policy + "; expected "
                    + topic.keep().cleanupPolicy() + ": alter it with kafka-configs, or choose another topics.prefix");
        }
        boolean ordered = topic == Topics.CONTROL;
        if (ordered && found != 1) {
            problems.add("topic " + name + " has " + found
                    + " partitions; expected 1: delete it and start again, or choose another topics.prefix");
        }
        if (partitions.containsKey(topic) && found < count(topic)) {
            problems.add("topic " + name + " has " + found + " partitions; expected at least " + count(topic)
                    + ": add partitions with kafka-topics, or lower the setting");
        }
    }
}
