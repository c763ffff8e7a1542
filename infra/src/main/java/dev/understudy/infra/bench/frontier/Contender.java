package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.distil.ask.PriceSearch;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A policy that is brought to a cost: its knobs are set on prompts that no result is read from, and every policy gets
 * the same care. What it costs is read off either of two axes.
 */
interface Contender {
    /** Name in reports. */
    String name();

    /** A setting whose cost on the development prompts is at most {@code share}, the best that was found. */
    Setting at(double share, Cost cost);

    /** What a share is a share of. */
    enum Cost {
        /** Tokens that the teacher wrote. */
        WRITTEN("written"),
        /** Forwards of the teacher, each of which a budget charges as a token, written or not. */
        FORWARDS("forwards");

        private final String title;

        Cost(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        double of(Outcome outcome) {
            return this == WRITTEN ? outcome.share() : outcome.forwards();
        }
    }

    /**
     * A policy with everything set.
     *
     * @param text what was set, for reports
     */
    record Setting(Terms terms, String text) {
        static Setting never() {
            return new Setting(Terms.of(new AskPolicy.Never(), AskHead.NONE, 1), "never");
        }
    }

    /** Asks where a difficulty exceeds a price: the lowest price at which free decoding does not cost more. */
    final class Scoring implements Contender {
        private static final int RUNS = 8;

        private final String name;
        private final AskPolicy policy;
        private final AskHead head;
        private final Decoding decoding;
        private final Traffic development;
        private float[] alone = new float[0];

        Scoring(String name, AskPolicy policy, AskHead head, Decoding decoding, Traffic development) {
            this.name = name;
            this.policy = policy;
            this.head = head;
            this.decoding = decoding;
            this.development = development;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Setting at(double share, Cost cost) {
            if (alone.length == 0) {
                alone = decoding.run(development, Terms.of(policy, head, 1)).difficulties();
            }
            PriceSearch search = new PriceSearch(share, RUNS);
            double best = search.from(search.first(alone), price -> {
                        Outcome outcome = decoding.run(development, Terms.of(policy, head, price));
                        return new PriceSearch.Met(cost.of(outcome), outcome.difficulties());
                    })
                    .price();
            return new Setting(Terms.of(policy, head, best), String.format(Locale.ROOT, "price %.6g", best));
        }
    }

    /** Asks at a share of all positions: the share is its own price. */
    final class Blind implements Contender {
        @Override
        public String name() {
            return "random";
        }

        @Override
        public Setting at(double share, Cost cost) {
            Terms terms = Terms.of(new AskPolicy.Random(share), AskHead.NONE, 1 - share);
            return new Setting(terms, String.format(Locale.ROOT, "price %.6g", 1 - share));
        }
    }

    /** Chooses among settings tried in advance: the best on the development prompts that does not cost more. */
    final class Choosing implements Contender {
        private record Tried(Setting setting, Outcome outcome) {}

        private final String name;
        private final List<Tried> tried = new ArrayList<>();

        Choosing(String name, List<Setting> settings, Decoding decoding, Traffic development) {
            this.name = name;
            for (Setting setting : settings) {
                Outcome outcome = decoding.run(development, setting.terms());
                tried.add(new Tried(setting, outcome));
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Setting at(double share, Cost cost) {
            Setting best = Setting.never();
            double most = -1;
            for (Tried one : tried) {
                double exact = one.outcome.exactMatch();
                if (cost.of(one.outcome) <= share && exact > most) {
                    most = exact;
                    best = one.setting;
                }
            }
            return best;
        }
    }
}
