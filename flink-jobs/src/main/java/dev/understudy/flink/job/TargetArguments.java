package dev.understudy.flink.job;

import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.control.UseControl;
import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Settings of what moves the prices. */
final class TargetArguments {
    /** The targets by their names in settings. */
    enum Target {
        QUALITY,
        SHARE,
        SPEND,
        DELAY,
        FIXED
    }

    static final Setting<Target> KIND = Setting.of(
            "budget.target.kind",
            SettingKind.choice(Target.class),
            Target.QUALITY,
            "What moves the prices: quality asks as little as the wanted agreement allows; share, spend and delay keep"
                    + " a use of the teacher; fixed takes the policy's own setting as the price.");
    private static final Setting<Double> AGREEMENT = Setting.of(
            "budget.target.agreement",
            SettingKind.numberAbove(0, 1),
            HelpTarget.DEFAULT_AGREEMENT,
            "Wanted fraction of sequences that agree with the teacher, under the target quality.");

    private static final Setting<Double> SHARE = Setting.of(
            "budget.target.share",
            SettingKind.numberAbove(0, 1),
            0.1,
            "Wanted share of the tokens that the teacher writes, under the target share.");
    private static final Setting<Double> SPEND = Setting.of(
            "budget.target.micro-dollars",
            SettingKind.numberAbove(0, Double.POSITIVE_INFINITY),
            1_000.0,
            "Wanted cost of a thousand completion tokens, audits included, under the target spend.");
    private static final Setting<Double> DELAY = Setting.of(
            "budget.target.added-millis",
            SettingKind.numberAbove(0, Double.POSITIVE_INFINITY),
            1_000.0,
            "Wanted milliseconds of waiting for the teacher a thousand completion tokens, under the target delay; a"
                    + " soft target that no cap holds.");
    private static final Setting<Double> FLOOR = Setting.of(
            "budget.price.floor",
            SettingKind.number(0, 1),
            UseControl.DEFAULT.floor(),
            "Least price under the targets share, spend and delay: easier positions are not asked for.");
    private static final Setting<Double> CEILING = Setting.of(
            "budget.price.ceiling",
            SettingKind.number(0, 1),
            UseControl.DEFAULT.ceiling(),
            "Largest price under these targets, above the floor and below 1.");
    private static final Setting<Long> EVERY_TOKENS = Setting.of(
            "budget.price.every-tokens",
            SettingKind.whole(1, Long.MAX_VALUE),
            UseControl.DEFAULT.everyTokens(),
            "Completion tokens of a workload between two moves of its price under these targets.");
    private static final Setting<Long> HORIZON_TOKENS = Setting.of(
            "budget.price.horizon-tokens",
            SettingKind.whole(1, Long.MAX_VALUE),
            UseControl.DEFAULT.horizonTokens(),
            "Completion tokens within which too much or too little use is made good, at least every-tokens.");

    private static final Map<Target, Setting<Double>> TARGETS = new EnumMap<>(
            Map.of(Target.QUALITY, AGREEMENT, Target.SHARE, SHARE, Target.SPEND, SPEND, Target.DELAY, DELAY));

    private TargetArguments() {}

    /** Every setting, in the order of the configuration page. */
    static List<Setting<?>> settings() {
        return List.of(KIND, AGREEMENT, SHARE, SPEND, DELAY, FLOOR, CEILING, EVERY_TOKENS, HORIZON_TOKENS);
    }

    /** What moves the prices of all tenants. */
    static HelpTarget target(SettingsReader given) {
        Target kind = given.read(KIND);
        TARGETS.forEach((owner, setting) -> {
            if (owner != kind) {
                given.refuse(
                        setting,
                        "it belongs to another target than " + KIND.key() + "="
                                + KIND.kind().show().apply(kind));
            }
        });
        return switch (kind) {
            case QUALITY -> new HelpTarget.Quality(given.read(AGREEMENT));
            case SHARE -> new HelpTarget.Share(given.read(SHARE));
            case SPEND -> new HelpTarget.Spend(given.read(SPEND));
            case DELAY -> new HelpTarget.Delay(given.read(DELAY));
            case FIXED -> new HelpTarget.Fixed();
        };
    }

    /** How prices follow a wanted use. */
    static UseControl use(SettingsReader given) {
        double floor = given.read(FLOOR);
        double ceiling = given.read(CEILING);
        long every = given.read(EVERY_TOKENS);
        long horizon = given.read(HORIZON_TOKENS);
        try {
            return new UseControl(floor, ceiling, every, horizon);
        } catch (IllegalArgumentException contradiction) {
            given.problem(String.valueOf(contradiction.getMessage()));
            return UseControl.DEFAULT;
        }
    }
}
