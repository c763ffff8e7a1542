package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.distil.ask.PriceSearch;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        /** @param head of the version that serves */
        static Setting never(AskHead head) {
            return new Setting(Terms.of(new AskPolicy.Never(), head, 1), "never");
        }
    }

    /** Asks where a difficulty exceeds a price: the lowest price at which free decoding does not cost more. */
    final class Scoring implements Contender {
        private static final int RUNS = 8;

        private final String name;
        private final Offer offer;
        /** Difficulties of a student that never asks; the same at every share for a policy that is told none. */
        private final Map<Terms, float[]> alone = new HashMap<>();

        private final Decoding decoding;
        private final Traffic development;

        /** What is decoded where a share is wanted and a price is tried. */
        interface Offer {
            Terms at(double share, double price);
        }

        Scoring(String name, Offer offer, Decoding decoding, Traffic development) {
            this.name = name;
            this.offer = offer;
            this.decoding = decoding;
            this.development = development;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Setting at(double share, Cost cost) {
            float[] alone = this.alone.computeIfAbsent(
                    offer.at(share, 1),
                    terms -> decoding.run(development, terms).difficulties());
            PriceSearch search = new PriceSearch(share, RUNS);
            double best = search.from(search.first(alone), price -> {
                        Outcome outcome = decoding.run(development, offer.at(share, price));
                        return new PriceSearch.Met(cost.of(outcome), outcome.difficulties());
                    })
                    .price();
            return new Setting(offer.at(share, best), String.format(Locale.ROOT, "price %.6g", best));
        }
    }

    /** Asks at a share of all positions: the share is its own price. */
    final class Blind implements Contender {
        private final AskHead head;

        Blind(AskHead head) {
            this.head = head;
        }

        @Override
        public String name() {
            return "random";
        }

        @Override
        public Setting at(double share, Cost cost) {
            Terms terms = Terms.of(new AskPolicy.Random(share), head, 1 - share);
            return new Setting(terms, String.format(Locale.ROOT, "price %.6g", 1 - share));
        }
    }

    /** Chooses among settings tried in advance: the best on the development prompts that does not cost more. */
    final class Choosing implements Contender {
        private record Tried(Setting setting, Outcome outcome) {}

        private final String name;
        private final Setting otherwise;
        private final List<Tried> tried = new ArrayList<>();

        /** @param otherwise where all settings cost too much */
        Choosing(String name, List<Setting> settings, Setting otherwise, Decoding decoding, Traffic development) {
            this.name = name;
            this.otherwise = otherwise;
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
            Setting best = otherwise;
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
