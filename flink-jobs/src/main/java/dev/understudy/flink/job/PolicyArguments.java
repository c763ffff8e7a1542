package dev.understudy.flink.job;

import dev.understudy.budget.HelpTarget;
import dev.understudy.decode.ask.AskPolicy;
import java.util.List;
import java.util.function.DoubleFunction;

/** Reads when the student asks, and what moves the price, from the arguments of a serving job. */
final class PolicyArguments {
    private static final String POLICY = "decode.policy";
    private static final String TARGET = "budget.target.kind";

    /** A policy that has a setting of its own: its name, key, default, and the policy that a value makes. */
    private record Knob(String policy, String key, double usual, DoubleFunction<AskPolicy> make) {}

    private static final List<Knob> KNOBS = List.of(
            new Knob("random", "decode.random.share", 0.1, AskPolicy.Random::new),
            new Knob("confidence", "decode.confidence.threshold", 0.9, AskPolicy.Confidence::new),
            new Knob("entropy", "decode.entropy.threshold", 0.7, AskPolicy.Entropy::new),
            new Knob("margin", "decode.margin.threshold", 0.3, AskPolicy.Margin::new));

    private PolicyArguments() {}

    /** What moves the prices of all tenants. */
    static HelpTarget target(KeyedArguments given) {
        HelpTarget quality =
                given.number("budget.target.agreement", HelpTarget.DEFAULT_AGREEMENT, HelpTarget.Quality::new);
        String kind = given.text(TARGET, "quality");
        return switch (kind) {
            case "quality" -> quality;
            case "fixed" -> new HelpTarget.Fixed();
            default -> {
                given.problem("'" + TARGET + "' is '" + kind + "', not one of quality, fixed");
                yield quality;
            }
        };
    }

    /** The policy; its own setting counts only where no controller moves the price. */
    static AskPolicy policy(KeyedArguments given, HelpTarget target) {
        String name = given.text(POLICY, "confidence");
        AskPolicy policy = switch (name) {
            case "never" -> new AskPolicy.Never();
            case "always" -> new AskPolicy.Always();
            default -> null;
        };
        for (Knob knob : KNOBS) {
            if (!knob.policy().equals(name)) {
                given.refuse(knob.key(), "it belongs to policy " + knob.policy() + ", and " + POLICY + " is " + name);
                continue;
            }
            if (!(target instanceof HelpTarget.Fixed)) {
                given.refuse(knob.key(), "a controller moves the price; set " + TARGET + "=fixed for a fixed one");
            }
            policy = given.number(knob.key(), knob.usual(), knob.make());
        }
        if (policy == null) {
            given.problem("'" + POLICY + "' is '" + name
                    + "', not one of never, always, random, confidence, entropy, margin");
            return new AskPolicy.Never();
        }
        return policy;
    }
}
