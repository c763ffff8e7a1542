package dev.understudy.distil.ask;

import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.prompt.Prompt;
import dev.understudy.teacher.Teacher;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Sharpens the prices of a head by what it spends when it decodes freely: behind a mistake that it did not notice a
 * student is on unknown ground and doubts more, so prices that were found along right texts are a little low.
 */
public final class RolloutPrices {
    private static final int RUNS = 6;
    private static final double DEAREST = 1 - 1e-6;
    private static final AskPolicy POLICY = new AskPolicy.AskToken(Action.THRESHOLD);

    private final Rollouts rollouts;
    private final List<Prompt> prompts;
    private final Teacher teacher;

    /** @param prompts at least one, none that the head was trained on */
    public RolloutPrices(Rollouts rollouts, List<Prompt> prompts, Teacher teacher) {
        this.rollouts = rollouts;
        this.prompts = List.copyOf(prompts);
        this.teacher = teacher;
    }

    /** The head with prices that hold in free decoding, never below those of a larger budget. */
    public PricedHead sharpen(PricedHead head) {
        AskLevels before = head.levels();
        int count = before.levels().length;
        double[] prices = before.prices().clone();
        double[] use = new double[count];
        for (int l = 0; l < count; l++) {
            double level = before.levels()[l];
            PriceSearch.Found found = find(level, prices[l], price -> Rollouts.Terms.of(POLICY, head, price));
            prices[l] = Math.min(found.price(), DEAREST);
            use[l] = found.cost();
        }
        for (int l = 1; l < count; l++) {
            prices[l] = Math.min(prices[l], prices[l - 1]);
        }
        return head.priced(new AskLevels(before.levels(), prices, use));
    }

    /**
     * The lowest price at which the prompts cost no more than a share of their tokens.
     *
     * @param share in (0, 1)
     * @param first price to begin with, in (0, 1)
     * @param terms what is decoded at a price
     */
    public PriceSearch.Found find(double share, double first, DoubleFunction<Rollouts.Terms> terms) {
        return new PriceSearch(share, RUNS).from(first, price -> spend(terms.apply(price)));
    }

    private PriceSearch.Met spend(Rollouts.Terms terms) {
        List<FinishedSequence> finished = rollouts.run(
                prompts, terms, teacher, (tenant, workload, cost, now) -> new Reservation.Granted(now, cost));
        int tokens = finished.stream()
                .mapToInt(one -> one.sequence().written().size())
                .sum();
        float[] difficulties = new float[tokens];
        int at = 0;
        long asks = 0;
        for (FinishedSequence one : finished) {
            float[] own = one.sequence().written().difficulty();
            System.arraycopy(own, 0, difficulties, at, own.length);
            at += own.length;
            asks += one.sequence().help().teacherTokens();
        }
        return new PriceSearch.Met((double) asks / tokens, difficulties);
    }
}
