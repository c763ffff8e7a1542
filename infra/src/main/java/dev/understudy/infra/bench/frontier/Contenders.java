package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.RowHead;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.infra.bench.frontier.Contender.Choosing;
import dev.understudy.infra.bench.frontier.Contender.Scoring;
import dev.understudy.infra.bench.frontier.Contender.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The field: learned asking in its forms, and every rival, on one student. */
final class Contenders {
    private static final int[] DRAFTS = {2, 4, 8, 16, 32};
    private static final double[] LENIENCES = {1, 0.3};
    private static final double[] ROLLBACKS = {2, 5};
    private static final double[] FALLBACKS = {0.01, 0.5, 0.8, 0.95, 0.99, 0.999};
    private static final AskPolicy LEARNED = new AskPolicy.AskToken(Action.THRESHOLD);

    private Contenders() {}

    /** Asking by a head beside the weights, which is told no budget here: its price alone decides. */
    static Contender head(AskHead head, Decoding decoding, Traffic development) {
        return scoring(LEARNED.name(), LEARNED, head, decoding, development);
    }

    /** Asking by an entry of the vocabulary, told the share. */
    static Contender row(RowHead unpriced, Decoding decoding, Traffic development) {
        return new Scoring(
                RowCell.FORM, (share, price) -> new Terms(LEARNED, unpriced, price, share, 0), decoding, development);
    }

    /** @param head of the version that serves: its entries are no text under any policy */
    static List<Contender> rivals(AskHead head, Decoding decoding, Traffic development) {
        Setting never = Setting.never(head);
        return List.of(
                scoring("confidence", new AskPolicy.Confidence(), head, decoding, development),
                scoring("entropy", new AskPolicy.Entropy(0.7), head, decoding, development),
                scoring("margin", new AskPolicy.Margin(0.3), head, decoding, development),
                new Contender.Blind(head),
                new Choosing("bild", bild(head), never, decoding, development),
                new Choosing("speculative", speculative(head), never, decoding, development));
    }

    private static Scoring scoring(
            String name, AskPolicy policy, AskHead head, Decoding decoding, Traffic development) {
        return new Scoring(name, (share, price) -> Terms.of(policy, head, price), decoding, development);
    }

    private static List<Setting> bild(AskHead head) {
        List<Setting> settings = new ArrayList<>();
        for (int draft : new int[] {8, 16, 32}) {
            for (double rollback : ROLLBACKS) {
                for (double fallback : FALLBACKS) {
                    AskPolicy policy = new AskPolicy.Bild(fallback, rollback, draft);
                    String text = String.format(
                            Locale.ROOT, "fallback %.3g, rollback %.2g nats, %d drafts", fallback, rollback, draft);
                    settings.add(new Setting(Terms.of(policy, head, 1 - fallback), text));
                }
            }
        }
        return settings;
    }

    private static List<Setting> speculative(AskHead head) {
        List<Setting> settings = new ArrayList<>();
        for (int draft : DRAFTS) {
            for (double lenience : LENIENCES) {
                String text = String.format(Locale.ROOT, "%d drafts, lenience %.2g", draft, lenience);
                settings.add(new Setting(Terms.of(new AskPolicy.Speculative(draft, lenience), head, 1), text));
            }
        }
        return settings;
    }
}
