package dev.understudy.flink.job;

import dev.understudy.budget.HelpTarget;
import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.ask.AskPolicy.Bild;
import dev.understudy.decode.ask.AskPolicy.Speculative;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Settings of when the student asks. */
final class PolicyArguments {
    /** The policies by their names in settings. */
    private enum Policy {
        NEVER,
        ALWAYS,
        RANDOM,
        CONFIDENCE,
        ENTROPY,
        MARGIN,
        ASK_TOKEN,
        BILD,
        SPECULATIVE
    }

    private static final Setting<Policy> POLICY = Setting.of(
            "decode.policy",
            SettingKind.choice(Policy.class),
            Policy.CONFIDENCE,
            "When the student asks. Never, always and speculative ignore the workload's price; the others ask where"
                    + " their difficulty is above it.");
    private static final Setting<Double> RANDOM_SHARE = Setting.of(
            "decode.random.share",
            SettingKind.number(0, 1),
            0.1,
            "Share of the positions that policy random asks at, under a fixed price.");
    private static final Setting<Double> CONFIDENCE = Setting.of(
            "decode.confidence.threshold",
            SettingKind.numberAbove(0, 1),
            new AskPolicy.Confidence().threshold(),
            "Policy confidence asks below this probability of the likeliest token, under a fixed price.");
    private static final Setting<Double> ENTROPY = Setting.of(
            "decode.entropy.threshold",
            SettingKind.number(0, Double.POSITIVE_INFINITY),
            0.7,
            "Policy entropy asks above this entropy in nats, under a fixed price.");
    private static final Setting<Double> MARGIN = Setting.of(
            "decode.margin.threshold",
            SettingKind.number(0, 1),
            0.3,
            "Policy margin asks below this distance of the two likeliest tokens, under a fixed price.");
    private static final Setting<Action> ACTION = Setting.of(
            "decode.ask.action",
            SettingKind.choice(Action.class),
            Action.THRESHOLD,
            "Policy ask-token asks where its head's difficulty is above the price (threshold), or draws (sampled). It"
                    + " needs students with a trained ask head.");
    private static final Setting<Double> FALLBACK = Setting.of(
            "decode.bild.fallback",
            inside(),
            new Bild().fallback(),
            "Policy bild hands over below this probability of the likeliest token, under a fixed price.");
    private static final Setting<Double> ROLLBACK = Setting.of(
            "decode.bild.rollback",
            SettingKind.numberAbove(0, 100),
            new Bild().rollback(),
            "Policy bild replaces a draft whose negative log-probability under the teacher is above this, in nats.");
    private static final Setting<Integer> MAX_DRAFT = Setting.of(
            "decode.bild.max-draft",
            SettingKind.count(1, 256),
            new Bild().maxDraft(),
            "Most drafts that policy bild lets stand unread.");
    private static final Setting<Integer> DRAFT_TOKENS = Setting.of(
            "decode.speculative.draft-tokens",
            SettingKind.count(1, 32),
            new Speculative().draftTokens(),
            "Drafts of a block of policy speculative.");
    private static final Setting<Double> LENIENCE = Setting.of(
            "decode.speculative.lenience",
            lenience(),
            new Speculative().lenience(),
            "How much less than the student the teacher may think of a draft that stands; below 1 the text no longer"
                    + " has the teacher's law.");

    /** What belongs to one policy, in the order of the configuration page. */
    private static final Map<Policy, List<Setting<?>>> OWN = new EnumMap<>(Map.of(
            Policy.RANDOM, List.of(RANDOM_SHARE),
            Policy.CONFIDENCE, List.of(CONFIDENCE),
            Policy.ENTROPY, List.of(ENTROPY),
            Policy.MARGIN, List.of(MARGIN),
            Policy.ASK_TOKEN, List.of(ACTION),
            Policy.BILD, List.of(FALLBACK, ROLLBACK, MAX_DRAFT),
            Policy.SPECULATIVE, List.of(DRAFT_TOKENS, LENIENCE)));

    /** Settings that are a price, and so mean nothing where a controller moves the price. */
    private static final List<Setting<?>> PRICES = List.of(RANDOM_SHARE, CONFIDENCE, ENTROPY, MARGIN, FALLBACK);

    private PolicyArguments() {}

    private static SettingKind<Double> inside() {
        SettingKind<Double> inside = SettingKind.number(Double.MIN_VALUE, Math.nextDown(1.0));
        return new SettingKind<>("a number above 0, below 1", inside.read(), inside.show());
    }

    private static SettingKind<Double> lenience() {
        SettingKind<Double> fraction = SettingKind.numberAbove(0, 1);
        return new SettingKind<>(
                fraction.allowed() + "; 1 is lossless, smaller values accept more of the student's tokens",
                fraction.read(),
                fraction.show());
    }

    /** Every setting, in the order of the configuration page. */
    static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(List.of(POLICY));
        OWN.values().forEach(all::addAll);
        return all;
    }

    /** The policy; its own price counts only where no controller moves the price. */
    static AskPolicy policy(SettingsReader given, HelpTarget target) {
        Policy name = given.read(POLICY);
        OWN.forEach((owner, settings) -> {
            if (owner != name) {
                String reason = "it belongs to another policy than " + POLICY.key() + "="
                        + POLICY.kind().show().apply(name);
                settings.forEach(setting -> given.refuse(setting, reason));
            }
        });
        if (!(target instanceof HelpTarget.Fixed)) {
            String reason =
                    "a controller moves the price; set " + TargetArguments.KIND.key() + "=fixed for a fixed one";
            PRICES.forEach(setting -> given.refuse(setting, reason));
        }
        AskPolicy policy = read(given, name);
        if (target.wantsUse() && !policy.heedsPrice()) {
            given.problem(
                    TargetArguments.KIND.key() + " wants a certain use of the teacher, which policy " + policy.name()
                            + " cannot keep: it ignores the price and only the caps bind it. Take another policy, or "
                            + TargetArguments.KIND.key() + "=fixed");
        }
        return policy;
    }

    private static AskPolicy read(SettingsReader given, Policy name) {
        return switch (name) {
            case NEVER -> new AskPolicy.Never();
            case ALWAYS -> new AskPolicy.Always();
            case RANDOM -> new AskPolicy.Random(given.read(RANDOM_SHARE));
            case CONFIDENCE -> new AskPolicy.Confidence(given.read(CONFIDENCE));
            case ENTROPY -> new AskPolicy.Entropy(given.read(ENTROPY));
            case MARGIN -> new AskPolicy.Margin(given.read(MARGIN));
            case ASK_TOKEN -> new AskPolicy.AskToken(given.read(ACTION));
            case BILD -> new Bild(given.read(FALLBACK), given.read(ROLLBACK), given.read(MAX_DRAFT));
            case SPECULATIVE -> new Speculative(given.read(DRAFT_TOKENS), given.read(LENIENCE));
        };
    }
}
