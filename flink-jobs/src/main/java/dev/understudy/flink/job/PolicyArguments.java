package dev.understudy.flink.job;

import dev.understudy.budget.HelpTarget;
import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.decode.ask.AskPolicy;
import java.util.List;
import java.util.function.DoubleFunction;

/** Settings of when the student asks, and of what moves the price. */
final class PolicyArguments {
    /** The policies by their names in settings. */
    private enum Policy {
        NEVER,
        ALWAYS,
        RANDOM,
        CONFIDENCE,
        ENTROPY,
        MARGIN
    }

    /** The targets by their names in settings. */
    private enum Target {
        QUALITY,
        FIXED
    }

    /** The setting that one policy has of its own, and the policy that its value makes. */
    private record Knob(Policy policy, Setting<Double> setting, DoubleFunction<AskPolicy> make) {}

    private static final Setting<Policy> POLICY = Setting.of(
            "decode.policy",
            SettingKind.choice(Policy.class),
            Policy.CONFIDENCE,
            "When the student asks. All but never and always ask where their difficulty is above the workload's"
                    + " price.");
    private static final Setting<Target> TARGET = Setting.of(
            "budget.target.kind",
            SettingKind.choice(Target.class),
            Target.QUALITY,
            "What moves the prices: quality asks as little as the wanted agreement allows; fixed takes the policy's"
                    + " own setting as the price.");
    private static final Setting<Double> AGREEMENT = Setting.of(
            "budget.target.agreement",
            SettingKind.numberAbove(0, 1),
            HelpTarget.DEFAULT_AGREEMENT,
            "Wanted fraction of sequences that agree with the teacher, under the target quality.");

    private static final List<Knob> KNOBS = List.of(
            knob(
                    Policy.RANDOM,
                    Setting.of(
                            "decode.random.share",
                            SettingKind.number(0, 1),
                            0.1,
                            "Share of the positions that policy random asks at, under a fixed price."),
                    AskPolicy.Random::new),
            knob(
                    Policy.CONFIDENCE,
                    Setting.of(
                            "decode.confidence.threshold",
                            SettingKind.numberAbove(0, 1),
                            0.9,
                            "Policy confidence asks below this probability of the likeliest token, under a fixed"
                                    + " price."),
                    AskPolicy.Confidence::new),
            knob(
                    Policy.ENTROPY,
                    Setting.of(
                            "decode.entropy.threshold",
                            SettingKind.number(0, Double.POSITIVE_INFINITY),
                            0.7,
                            "Policy entropy asks above this entropy in nats, under a fixed price."),
                    AskPolicy.Entropy::new),
            knob(
                    Policy.MARGIN,
                    Setting.of(
                            "decode.margin.threshold",
                            SettingKind.number(0, 1),
                            0.3,
                            "Policy margin asks below this distance of the two likeliest tokens, under a fixed"
                                    + " price."),
                    AskPolicy.Margin::new));

    private PolicyArguments() {}

    private static Knob knob(Policy policy, Setting<Double> setting, DoubleFunction<AskPolicy> make) {
        return new Knob(policy, setting, make);
    }

    /** Every setting, in the order of the configuration page. */
    static List<Setting<?>> settings() {
        return List.of(
                POLICY,
                KNOBS.get(0).setting(),
                KNOBS.get(1).setting(),
                KNOBS.get(2).setting(),
                KNOBS.get(3).setting(),
                TARGET,
                AGREEMENT);
    }

    /** What moves the prices of all tenants. */
    static HelpTarget target(SettingsReader given) {
        HelpTarget quality = new HelpTarget.Quality(given.read(AGREEMENT));
        return given.read(TARGET) == Target.QUALITY ? quality : new HelpTarget.Fixed();
    }

    /** The policy; its own setting counts only where no controller moves the price. */
    static AskPolicy policy(SettingsReader given, HelpTarget target) {
        Policy name = given.read(POLICY);
        AskPolicy policy = name == Policy.ALWAYS ? new AskPolicy.Always() : new AskPolicy.Never();
        for (Knob knob : KNOBS) {
            if (knob.policy() != name) {
                given.refuse(
                        knob.setting(),
                        "it belongs to another policy than " + POLICY.key() + "="
                                + POLICY.kind().show().apply(name));
                continue;
            }
            if (!(target instanceof HelpTarget.Fixed)) {
                given.refuse(
                        knob.setting(), "a controller moves the price; set " + TARGET.key() + "=fixed for a fixed one");
            }
            policy = knob.make().apply(given.read(knob.setting()));
        }
        return policy;
    }
}
