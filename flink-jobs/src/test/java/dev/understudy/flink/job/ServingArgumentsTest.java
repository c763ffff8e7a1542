package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.budget.Caps;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.control.UseControl;
import dev.understudy.config.SettingsException;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.lm.Kernel;
import dev.understudy.teacher.TeacherRates;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServingArgumentsTest {
    private static final String[] NEEDED = {
        "decode.initial-model=/models/p0",
        "checkpoint.store=/store",
        "teacher.directory=/models/teacher",
        "teacher.call-log=/logs/teacher.jsonl",
        "budget.tenants.acme.tokens=500",
        "budget.tenants.acme.calls=900",
        "budget.tenants.acme.window=1min"
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
            assertThat(budget.caps()).isEqualTo(Caps.of(500, 900));
            assertThat(budget.whenSpent()).isEqualTo(WhenSpent.CONTINUE);
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
                "budget.tenants.a.tokens=1",
                "budget.tenants.a.calls=2",
                "budget.tenants.a.window=PT1H",
                "budget.target.agreement=0.9",
                "budget.tenants.a.audit-share=0.5",
                "budget.tenants.b.calls=3");

        assertThat(config.delivery()).isEqualTo(ServingConfig.Delivery.AT_LEAST_ONCE);
        assertThat(config.decode().kafka().prefix()).isEqualTo("demo.");
        assertThat(config.decode().student().kernel()).isEqualTo(Kernel.FP32);
        assertThat(config.decode().student().endIds()).containsExactly(2, 5);
        assertThat(config.decode().teacher()).isNull();
        assertThat(config.decode().budgets().tenants())
                .containsExactly(
                        TenantBudget.of("a", 1, 2, Duration.ofHours(1))
                                .withAuditShare(0.5)
                                .aimingAt(new HelpTarget.Quality(0.9)),
                        TenantBudget.of("b", 0, 3, Duration.ofHours(1)).aimingAt(new HelpTarget.Quality(0.9)));
        assertThat(config.restartAttempts()).isEqualTo(4);
    }

    @Test
    void everyKeyOfTheBudgetCanBeSet() {
        ServingConfig config = parse(
                "budget.tenants.acme.micro-dollars=2000000",
                "budget.tenants.acme.when-spent=defer",
                "budget.workloads.acme/orders.tokens=100",
                "budget.workloads.acme/orders.calls=none",
                "budget.workloads.acme/orders.micro-dollars=7",
                "budget.pacing=even",
                "budget.target.kind=share",
                "budget.target.share=0.05",
                "budget.price.floor=0.1",
                "budget.price.ceiling=0.8",
                "budget.price.every-tokens=100",
                "budget.price.horizon-tokens=1000",
                "teacher.micro-dollars.call=1",
                "teacher.micro-dollars.thousand-read=2",
                "teacher.micro-dollars.thousand-written=3");

        assertThat(config.decode().budgets().pacing()).isEqualTo(Pacing.EVEN);
        assertThat(config.decode().budgets().tenants())
                .containsExactly(TenantBudget.of("acme", 500, 900, Duration.ofMinutes(1))
                        .withCaps(new Caps(500, 900, 2_000_000))
                        .withWorkload("orders", new Caps(100, Caps.NONE, 7))
                        .whenSpent(WhenSpent.DEFER)
                        .aimingAt(new HelpTarget.Share(0.05)));
        assertThat(config.decode().use()).isEqualTo(new UseControl(0.1, 0.8, 100, 1000));
        assertThat(config.decode().teacher())
                .isEqualTo(new LocalTeacherSource("/models/teacher", "/logs/teacher.jsonl", new TeacherRates(1, 2, 3)));
    }

    @Test
    void aKernelForBatchesServesNobody() {
        assertThatThrownBy(() -> parse("decode.kernel=bf16"))
                .hasMessageContaining("decode.kernel")
                .hasMessageContaining("bf16")
                .hasMessageContaining("one of fp32, fp16, onednn, vector, auto");
    }

    @Test
    void otherTargetsHaveDefaults() {
        assertThat(target("share")).isEqualTo(new HelpTarget.Share(0.1));
        assertThat(target("spend")).isEqualTo(new HelpTarget.Spend(1_000));
        assertThat(target("delay")).isEqualTo(new HelpTarget.Delay(1_000));
    }

    private static HelpTarget target(String kind) {
        return parse("budget.target.kind=" + kind)
                .decode()
                .budgets()
                .tenants()
                .get(0)
                .target();
    }

    @Test
    void aPolicyThatIgnoresThePriceCannotKeepAUse() {
        for (String policy : List.of("never", "always", "speculative")) {
            assertThatThrownBy(() -> parse("decode.policy=" + policy, "budget.target.kind=share"))
                    .hasMessageContaining("which policy " + policy + " cannot keep")
                    .hasMessageContaining("budget.target.kind=fixed");
        }
        assertThat(parse("decode.policy=bild", "budget.target.kind=share")).isNotNull();
    }

    @Test
    void budgetsThatContradictAreRefused() {
        assertThatThrownBy(() -> parse("budget.workloads.stranger/orders.tokens=1"))
                .hasMessageContaining("budget.workloads names 'stranger/orders'; expected a tenant that has a budget");
        assertThatThrownBy(() -> parse("budget.price.floor=0.9", "budget.price.ceiling=0.5"))
                .hasMessageContaining("floor < ceiling");
        assertThatThrownBy(() -> parse("budget.target.share=0.2"))
                .hasMessageContaining("belongs to another target than budget.target.kind=quality");
    }

    @Test
    void askingMayBeLearnt() {
        assertThat(parse("decode.policy=ask-token").decode().ask().policy())
                .isEqualTo(new AskPolicy.AskToken(AskPolicy.AskToken.Action.THRESHOLD));
        assertThat(parse("decode.policy=ask-token", "decode.ask.action=sampled")
                        .decode()
                        .ask()
                        .policy())
                .isEqualTo(new AskPolicy.AskToken(AskPolicy.AskToken.Action.SAMPLED));
        assertThatThrownBy(() -> parse("decode.ask.action=sampled")).hasMessageContaining("decode.ask.action");
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
        assertThat(policy("bild")).isEqualTo(new AskPolicy.Bild(0.6, 5, 16));
        assertThat(policy("speculative")).isEqualTo(new AskPolicy.Speculative(4, 1));
    }

    @Test
    void blockPoliciesTakeAllTheirSettings() {
        ServingConfig bild = parse(
                "decode.policy=bild",
                "decode.bild.fallback=0.5",
                "decode.bild.rollback=2",
                "decode.bild.max-draft=8",
                "budget.target.kind=fixed");
        ServingConfig speculative = parse(
                "decode.policy=speculative", "decode.speculative.draft-tokens=6", "decode.speculative.lenience=0.5");

        assertThat(bild.decode().ask().policy()).isEqualTo(new AskPolicy.Bild(0.5, 2, 8));
        assertThat(speculative.decode().ask().policy()).isEqualTo(new AskPolicy.Speculative(6, 0.5));
    }

    @Test
    void aSettingWithoutEffectIsRefused() {
        assertThatThrownBy(() -> parse("decode.confidence.threshold=0.8"))
                .hasMessageContaining("decode.confidence.threshold has no effect: a controller moves the price")
                .hasMessageContaining("budget.target.kind=fixed");
        assertThatThrownBy(() -> parse("decode.policy=margin", "decode.entropy.threshold=1"))
                .hasMessageContaining(
                        "decode.entropy.threshold has no effect: it belongs to another policy than decode.policy=margin");
    }

    @Test
    void aSettingOutOfRangeSaysTheRange() {
        assertThatThrownBy(() -> parse("decode.confidence.threshold=0", "budget.target.kind=fixed"))
                .hasMessageContaining("decode.confidence.threshold is '0'; expected a number above 0, up to 1");
        assertThatThrownBy(() -> parse("decode.policy=speculative", "decode.speculative.lenience=0"))
                .hasMessageContaining("decode.speculative.lenience is '0'; expected a number above 0, up to 1;"
                        + " 1 is lossless, smaller values accept more of the student's tokens");
        assertThatThrownBy(() -> parse("decode.policy=bild", "decode.bild.max-draft=2.5"))
                .hasMessageContaining("decode.bild.max-draft is '2.5'; expected a whole number from 1 to 256");
        assertThatThrownBy(() -> parse("decode.policy=bild", "decode.bild.fallback=1", "budget.target.kind=fixed"))
                .hasMessageContaining("decode.bild.fallback is '1'; expected a number above 0, below 1");
        assertThatThrownBy(() -> parse("budget.target.agreement=1.5"))
                .hasMessageContaining("budget.target.agreement is '1.5'; expected a number above 0, up to 1");
        assertThatThrownBy(() -> parse("budget.target.kind=luck"))
                .hasMessageContaining(
                        "budget.target.kind is 'luck'; expected one of quality, share, spend, delay, fixed");
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
                        "decode.rows=many",
                        "serving.parallelism=65",
                        "colour=red",
                        "decode.policy=sometimes",
                        "budget.tenants.a.tokens=-1"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("decode.rows is 'many'; expected a whole number from 1 to 1024")
                .hasMessageContaining("serving.parallelism is '65'; expected a whole number from 1 to 64")
                .hasMessageContaining("colour is unknown")
                .hasMessageContaining("decode.policy is 'sometimes'; expected one of never, always, random, confidence")
                .hasMessageContaining("decode.initial-model is missing; expected a path")
                .hasMessageContaining("checkpoint.store is missing; expected a path")
                .hasMessageContaining("budget.tenants.a.tokens is '-1'; expected a whole number of at least 0")
                .hasMessageContaining("teacher.directory is missing");
    }
}
