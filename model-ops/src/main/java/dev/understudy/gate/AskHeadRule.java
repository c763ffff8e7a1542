package dev.understudy.gate;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskCalibration;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * What the gate holds of an ask head: at no budget level does its use, with the whole interval, lie more than a point
 * above the level on sequences that neither it nor its prices have seen. Why no more: a head that spends more than it
 * is told breaks what the operator was promised, while one that chooses badly is only as useless as no help, and the
 * rules on the weights, which say how much is needed, have been held before.
 */
final class AskHeadRule {
    private static final double MARGIN = 0.01;

    private final PairedBootstrap bootstrap;

    AskHeadRule(GateConfig config) {
        bootstrap = new PairedBootstrap(config);
    }

    RuleOutcome judge(PricedHead head, List<AskEvidence> evidence) {
        int[][] ofLevels = new AskCalibration(evidence, AskPlan.defaults().floor()).asks(head);
        AskLevels levels = head.levels();
        double worst = Double.NEGATIVE_INFINITY;
        StringJoiner uses = new StringJoiner(", ");
        for (int l = 0; l < levels.levels().length; l++) {
            int[] asks = ofLevels[l];
            PairedBootstrap.Interval use = bootstrap.of(asks.length, drawn -> use(asks, evidence, drawn));
            worst = Math.max(worst, use.low() - levels.levels()[l]);
            uses.add(String.format(Locale.ROOT, "%.1f %% at %.0f %%", 100 * use.estimate(), 100 * levels.levels()[l]));
        }
        String detail = "uses " + uses + " of the tokens of " + evidence.size() + " sequences";
        return new RuleOutcome(GateRule.ASK_HEAD, MARGIN, worst, worst <= MARGIN, detail);
    }

    private static double use(int[] asks, List<AskEvidence> evidence, int[] drawn) {
        long asked = 0;
        long tokens = 0;
        for (int i : drawn) {
            asked += asks[i];
            tokens += evidence.get(i).size();
        }
        return (double) asked / tokens;
    }
}
