package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.HeadLearning;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * One head for all budgets, as it serves: told a level, with nothing else set. Beside it what becomes of obedience
 * where a part of the training is left out.
 */
final class Budgets {
    /** The form that serves; the others are ablations. */
    static final String SERVED = "served";

    private static final double[] LEVELS = {0.02, 0.05, 0.1, 0.2, 0.3};
    /** 0.15 was never priced: it must lie between its neighbours. */
    private static final double UNSEEN = 0.15;

    private static final double[] TOLD = {0, 0.02, 0.05, 0.1, UNSEEN, 0.2, 0.3};
    private static final double[] ABLATED = {0.02, 0.1, 0.3};
    /** Nats below which the student merely words things otherwise; hardly any difference is as small. */
    private static final double NO_FLOOR = 0.01;

    private final RolloutPrices prices;
    private final List<AskEvidence> train;
    private final List<AskEvidence> heldOut;
    private final AskPlan plan;

    Budgets(RolloutPrices prices, List<AskEvidence> train, List<AskEvidence> heldOut, int seed) {
        this.prices = prices;
        this.train = train;
        this.heldOut = heldOut;
        plan = AskPlan.defaults().withSeed(1 + seed);
    }

    /** Learnt from all evidence, priced by roll-outs. */
    PricedHead learn() {
        return prices.sharpen(learn(plan, train, heldOut));
    }

    static PricedHead learn(AskPlan plan, List<AskEvidence> train, List<AskEvidence> heldOut) {
        return new HeadLearning(plan).learn(train, heldOut, LEVELS);
    }

    /** Use and exact match on the test prompts, at each level. */
    List<Cell.Budget> measure(PricedHead head, Decoding decoding, Traffic test) {
        List<Cell.Budget> budgets = new ArrayList<>();
        for (double level : TOLD) {
            budgets.add(budget(SERVED, level, level, head, decoding, test));
        }
        PricedHead unlearnt = new HeadLearning(plan).unlearnt(train, heldOut, LEVELS);
        PricedHead unfloored = learn(plan.withFloor(NO_FLOOR), train, heldOut);
        for (double level : ABLATED) {
            budgets.add(budget("without stage 1", level, level, unlearnt, decoding, test));
            budgets.add(budget("without the floor", level, level, unfloored, decoding, test));
        }
        budgets.add(budget("price frozen at its start", ABLATED[0], 1, head, decoding, test));
        budgets.add(budget("told a wrong level", ABLATED[0], 0.3, head, decoding, test));
        return budgets;
    }

    private static Cell.Budget budget(
            String form, double level, double told, PricedHead head, Decoding decoding, Traffic test) {
        AskPolicy policy = new AskPolicy.AskToken(Action.THRESHOLD);
        Outcome outcome = decoding.run(test, new Terms(policy, head, 0.5, told, 0));
        return new Cell.Budget(form, level, level != UNSEEN, outcome.share(), outcome.exactMatch());
    }
}
