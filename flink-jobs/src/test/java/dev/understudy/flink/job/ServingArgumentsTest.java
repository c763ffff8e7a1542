package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.lm.Kernel;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServingArgumentsTest {
    private static final String[] NEEDED = {
        "decode.initial-model=/models/p0",
        "checkpoint.store=/store",
        "teacher.directory=/models/teacher",
        "teacher.call-log=/logs/teacher.jsonl",
        "budget.tenant.acme=500,900,PT1M"
    };

    @Test
    void whatIsNotGivenHasADefault() {
        ServingConfig config = ServingArguments.parse(NEEDED);

        assertThat(config.parallelism()).isEqualTo(1);
        assertThat(config.delivery()).isEqualTo(ServingConfig.Delivery.EXACTLY_ONCE);
        assertThat(config.decode().ask().policy()).isInstanceOf(AskPolicy.Confidence.class);
        assertThat(config.decode().student().rows()).isEqualTo(16);
        assertThat(config.decode().budgets().tenants()).singleElement().satisfies(budget -> {
            assertThat(budget.tenant()).isEqualTo("acme");
            assertThat(budget.capTokens()).isEqualTo(500);
            assertThat(budget.capCalls()).isEqualTo(900);
            assertThat(budget.window()).isEqualTo(Duration.ofMinutes(1));
        });
        assertThat(config.decode().teacher())
                .isEqualTo(new LocalTeacherSource("/models/teacher", "/logs/teacher.jsonl"));
    }

    @Test
    void everyKeyCanBeSet() {
        ServingConfig config = ServingArguments.parse(
                "kafka.bootstrap-servers=broker:9",
                "topics.prefix=demo.",
                "serving.job-name=s",
                "serving.parallelism=3",
                "serving.delivery=at-least-once",
                "serving.checkpoint-interval=PT2S",
                "serving.restart-attempts=4",
                "decode.initial-id=first",
                "decode.initial-model=/m",
                "checkpoint.store=/s",
                "decode.kernel=fp32",
                "decode.end-ids=2,5",
                "decode.rows=9",
                "decode.policy=never",
                "decode.audit-share=0",
                "decode.closing-look=false",
                "decode.teacher-timeout=PT3S",
                "decode.teacher-pause=PT1S",
                "budget.tenant.a=1,2,PT1H",
                "budget.tenant.b=0,0,PT1H");

        assertThat(config.delivery()).isEqualTo(ServingConfig.Delivery.AT_LEAST_ONCE);
        assertThat(config.decode().kafka().prefix()).isEqualTo("demo.");
        assertThat(config.decode().student().kernel()).isEqualTo(Kernel.FP32);
        assertThat(config.decode().student().endIds()).containsExactly(2, 5);
        assertThat(config.decode().teacher()).isNull();
        assertThat(config.decode().budgets().tenants()).hasSize(2);
        assertThat(config.restartAttempts()).isEqualTo(4);
    }

    @Test
    void aPolicyTakesItsOwnSettingWhereThePriceIsFixed() {
        ServingConfig config = parse("decode.policy=margin", "decode.margin.threshold=0.4", "budget.target.kind=fixed");

        assertThat(config.decode().ask().policy()).isEqualTo(new AskPolicy.Margin(0.4));
        assertThat(config.decode().budgets().tenants())
                .extracting(TenantBudget::target)
                .containsExactly(new HelpTarget.Fixed());
    }

    @Test
    void policiesHaveDefaults() {
        assertThat(policy("random")).isEqualTo(new AskPolicy.Random(0.1));
        assertThat(policy("confidence")).isEqualTo(new AskPolicy.Confidence(0.9));
        assertThat(policy("entropy")).isEqualTo(new AskPolicy.Entropy(0.7));
        assertThat(policy("margin")).isEqualTo(new AskPolicy.Margin(0.3));
        assertThat(policy("always")).isEqualTo(new AskPolicy.Always());
    }

    @Test
    void aSettingWithoutEffectIsRefused() {
        assertThatThrownBy(() -> parse("decode.confidence.threshold=0.8"))
                .hasMessageContaining("'decode.confidence.threshold' has no effect: a controller moves the price")
                .hasMessageContaining("budget.target.kind=fixed");
        assertThatThrownBy(() -> parse("decode.policy=margin", "decode.entropy.threshold=1"))
                .hasMessageContaining("it belongs to policy entropy, and decode.policy is margin");
    }

    @Test
    void aSettingOutOfRangeSaysTheRange() {
        assertThatThrownBy(() -> parse("decode.confidence.threshold=0", "budget.target.kind=fixed"))
                .hasMessageContaining("decode.confidence.threshold is 0.0; expected a value in (0, 1]");
        assertThatThrownBy(() -> parse("budget.target.agreement=1.5"))
                .hasMessageContaining("budget.target.agreement is 1.5; expected a fraction in (0, 1]");
        assertThatThrownBy(() -> parse("budget.target.kind=luck"))
                .hasMessageContaining("'budget.target.kind' is 'luck', not one of quality");
    }

    private static AskPolicy policy(String name) {
        return parse("decode.policy=" + name).decode().ask().policy();
    }

    private static ServingConfig parse(String... more) {
        return ServingArguments.parse(
                Stream.concat(Arrays.stream(NEEDED), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void allProblemsAreNamedAtOnce() {
        assertThatThrownBy(() -> ServingArguments.parse(
                        "decode.rows=many", "colour=red", "decode.policy=sometimes", "budget.tenant.a=1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'decode.rows' is 'many'")
                .hasMessageContaining("'colour' is unknown")
                .hasMessageContaining("'decode.policy' is 'sometimes'")
                .hasMessageContaining("'decode.initial-model' is missing")
                .hasMessageContaining("'checkpoint.store' is missing")
                .hasMessageContaining("'budget.tenant.a' is '1'")
                .hasMessageContaining("'teacher.directory' is missing");
    }
}
