package dev.understudy.flink.job;

import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.flink.topic.KafkaAccess;
import java.util.List;

/** Settings that both jobs have. */
final class JobSettings {
    private static final Setting<String> BOOTSTRAP = Setting.of(
            "kafka.bootstrap-servers", SettingKind.text(), "localhost:9092", "Kafka brokers, host:port by commas.");
    private static final Setting<String> PREFIX = Setting.of(
            "topics.prefix",
            new SettingKind<>("letters, digits, '.', '_', '-'", JobSettings::topicPart, text -> text),
            "",
            "Beginning of every topic's name, so that several pipelines share a broker.");

    /** Where the topics are. */
    static final List<Setting<?>> KAFKA = List.of(BOOTSTRAP, PREFIX);

    /** Root of the checkpoint store. */
    static final Setting<String> STORE = Setting.required(
            "checkpoint.store", SettingKind.path(), "Root of the checkpoint store, shared by both jobs.");

    private JobSettings() {}

    static KafkaAccess kafka(SettingsReader given) {
        return new KafkaAccess(given.read(BOOTSTRAP), given.read(PREFIX));
    }

    private static String topicPart(String text) {
        if (!text.matches("[A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }
}
