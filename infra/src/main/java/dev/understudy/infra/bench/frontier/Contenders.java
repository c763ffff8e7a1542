package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.infra.bench.frontier.Contender.Choosing;
import dev.understudy.infra.bench.frontier.Contender.Scoring;
import dev.understudy.infra.bench.frontier.Contender.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The field: learned asking and every rival, on one student. */
final class Contenders {
    private static final int[] DRAFTS = {2, 4, 8, 16, 32};
    private static final double[] LENIENCES = {1, 0.3};
    private static final double[] ROLLBACKS = {2, 5};
    private static final double[] FALLBACKS = {0.01, 0.5, 0.8, 0.95, 0.99, 0.999};

    private Contenders() {}

    static List<Contender> of(AskHead head, Decoding decoding, Traffic development) {
        return List.of(
                new Scoring("ask-token", new AskPolicy.AskToken(Action.THRESHOLD), head, decoding, development),
                new Scoring("confidence", new AskPolicy.Confidence(), AskHead.NONE, decoding, development),
                new Scoring("entropy", new AskPolicy.Entropy(0.7), AskHead.NONE, decoding, development),
                new Scoring("margin", new AskPolicy.Margin(0.3), AskHead.NONE, decoding, development),
                new Contender.Blind(),
                new Choosing("bild", bild(), decoding, development),
                new Choosing("speculative", speculative(), decoding, development));
    }

    private static List<Setting> bild() {
        List<Setting> settings = new ArrayList<>();
        for (int draft : new int[] {8, 16, 32}) {
            for (double rollback : ROLLBACKS) {
                for (double fallback : FALLBACKS) {
                    AskPolicy policy = new AskPolicy.Bild(fallback, rollback, draft);
                    String text = String.format(
                            Locale.ROOT, "fallback %.3g, rollback %.2g nats, %d drafts", fallback, rollback, draft);
                    settings.add(new Setting(Terms.of(policy, AskHead.NONE, 1 - fallback), text));
                }
            }
        }
        return settings;
    }

    private static List<Setting> speculative() {
        List<Setting> settings = new ArrayList<>();
        for (int draft : DRAFTS) {
            for (double lenience : LENIENCES) {
                String text = String.format(Locale.ROOT, "%d drafts, lenience %.2g", draft, lenience);
                settings.add(new Setting(Terms.of(new AskPolicy.Speculative(draft, lenience), AskHead.NONE, 1), text));
            }
        }
        return settings;
    }
}
