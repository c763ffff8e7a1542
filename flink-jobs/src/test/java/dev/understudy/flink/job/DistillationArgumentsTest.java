package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.config.SettingsException;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.divergence.GeneralizedJsd;
import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.distil.DistilPlaces;
import dev.understudy.flink.distil.PoisonedRound;
import dev.understudy.flink.distil.RoundTrigger;
import dev.understudy.flink.distil.SeedFiles;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.gate.GateConfig;
import dev.understudy.signal.ReplayConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DistillationArgumentsTest {
    @Test
    void whatIsNotGivenIsTheRecipe() {
        DistillationConfig config = DistillationArguments.parse(
                "kafka.bootstrap-servers=b:1", "checkpoint.store=/s", "distil.initial-model=/m", "distil.work=/w");

        assertThat(config)
                .isEqualTo(new DistillationConfig(
                        "distillation",
                        new KafkaAccess("b:1", ""),
                        DistilOperatorConfig.of(new DistilPlaces("/s", "/m", "/w")),
                        Duration.ofSeconds(1),
                        10));
    }

    @Test
    void everyKeyCanBeSet() {
        DistillationConfig config = DistillationArguments.parse(
                "kafka.bootstrap-servers=b:1",
                "topics.prefix=demo.",
                "checkpoint.store=/s",
                "distil.job-name=d2",
                "distil.initial-model=/m",
                "distil.work=/w",
                "distil.min-signals=10",
                "distil.every=PT30S",
                "distil.save-every=5",
                "distil.steps=50",
                "distil.batch=4",
                "distil.learning-rate=0.001",
                "distil.warm-up=3",
                "distil.replay-share=0.25",
                "distil.divergence.kind=generalised-jsd",
                "distil.divergence.beta=0.25",
                "distil.top-k=4",
                "distil.seed=9",
                "distil.replay-file=/r",
                "distil.held-out-file=/h",
                "distil.replay-weight.order-c1=1.5",
                "demo.poisoned-round=4",
                "demo.poisoned-workload=log-c2",
                "distil.checkpoint-interval=PT2S",
                "distil.restart-attempts=3");

        assertThat(config)
                .isEqualTo(new DistillationConfig(
                        "d2",
                        new KafkaAccess("b:1", "demo."),
                        new DistilOperatorConfig(
                                new DistilPlaces("/s", "/m", "/w"),
                                new RoundTrigger(10, Duration.ofSeconds(30), 5),
                                new DistilConfig(50, 4, 0.001, 3, 0.25, new Objective(new GeneralizedJsd(0.25), 4), 9),
                                GateConfig.defaults(),
                                ReplayConfig.defaults(),
                                new SeedFiles("/r", "/h", Map.of("order-c1", 1.5)),
                                new PoisonedRound(4, "log-c2")),
                        Duration.ofSeconds(2),
                        3));
    }

    @Test
    void namesAllProblemsAtOnce() {
        assertThatThrownBy(() -> DistillationArguments.parse(
                        "checkpoint.store=/s",
                        "distil.steps=many",
                        "distil.divergence.kind=sideways",
                        "distil.colour=red",
                        "nonsense"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("distil.work is missing; expected a path")
                .hasMessageContaining("distil.initial-model is missing")
                .hasMessageContaining("distil.steps is 'many'; expected a whole number of at least 1")
                .hasMessageContaining("distil.divergence.kind is 'sideways'; expected one of forward-kl")
                .hasMessageContaining("distil.colour is unknown")
                .hasMessageContaining("'nonsense' is not key=value");
    }

    @Test
    void settingsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> DistillationArguments.parse(
                        "checkpoint.store=/s",
                        "distil.initial-model=/m",
                        "distil.work=/w",
                        "distil.steps=10",
                        "distil.warm-up=10"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("warm-up 10 of 10 steps");
    }
}
