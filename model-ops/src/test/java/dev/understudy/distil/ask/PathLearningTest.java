package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.PathLearning.Paths;
import dev.understudy.distil.ask.PathLearning.Plan;
import dev.understudy.distil.path.AskMultiplier;
import dev.understudy.distil.path.PathTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A student whose token is wrong by 10 nats at about half of one position in ten, which its first hidden number marks,
 * and who draws its asks.
 */
class PathLearningTest {
    private static final double[] LEVELS = {0.02, 0.05, 0.1};
    private static final int TOKENS = 20;
    private static final double WRONG = 10;
    private static final long SEED = 5;

    private final PricedHead stage1 = new HeadLearning(new AskPlan(16, 1, 4, 400, 16, 5e-3, 3))
            .learn(texts(400, new SplittableRandom(1)), texts(300, new SplittableRandom(2)), LEVELS);

    private static List<AskEvidence> texts(int count, SplittableRandom random) {
        List<AskEvidence> texts = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            float[][] inputs = new float[TOKENS][7];
            double[] regret = new double[TOKENS];
            for (int t = 0; t < TOKENS; t++) {
                boolean doubtful = random.nextDouble() < 0.1;
                inputs[t][0] = doubtful ? 1 : 0;
                inputs[t][2] = (float) random.nextDouble();
                regret[t] = doubtful && random.nextDouble() < 0.5 ? WRONG : 0;
            }
            texts.add(new AskEvidence("w", inputs, regret, regret, new boolean[TOKENS], true));
        }
        return texts;
    }

    /** Texts in which the head has drawn its asks. */
    private static List<AskEvidence> drawn(PricedHead head, double level, int count, SplittableRandom random) {
        List<AskEvidence> drawn = new ArrayList<>();
        double price = head.levels().priceLogit(level);
        for (AskEvidence text : texts(count, random)) {
            boolean[] asked = new boolean[TOKENS];
            double survival = 0;
            boolean good = true;
            for (int t = 0; t < TOKENS; t++) {
                float[] work = new float[16];
                double output = head.doubt().of(text.inputs()[t], 0, work);
                double worth = PricedHead.worth(output, head.remaining().of(text.inputs()[t], 0, work), survival);
                double logit = worth - Math.log(-Math.expm1(Math.min(worth, -1e-12))) - price;
                asked[t] = random.nextDouble() < PathTerms.sigmoid(logit);
                survival = asked[t] ? good ? 0 : -50 : survival + Math.log1p(-PricedHead.doubt(output));
                good &= asked[t] || text.regret()[t] == 0;
            }
            drawn.add(text.withAsked(asked));
        }
        return drawn;
    }

    /** Asks a token, and the part of the wrong tokens that are asked for. */
    private static double[] figures(PricedHead head, double level) {
        double asks = 0;
        double wrong = 0;
        double caught = 0;
        List<AskEvidence> texts = drawn(head, level, 1000, new SplittableRandom(77));
        for (AskEvidence text : texts) {
            for (int t = 0; t < TOKENS; t++) {
                boolean differs = text.differs(t, 1);
                asks += text.asked()[t] ? 1 : 0;
                wrong += differs ? 1 : 0;
                caught += differs && text.asked()[t] ? 1 : 0;
            }
        }
        return new double[] {asks / texts.size() / TOKENS, caught / wrong};
    }

    private PricedHead learn(Plan plan) {
        SplittableRandom random = new SplittableRandom(SEED);
        Paths paths = (head, level, count) -> drawn(head, level, count, random);
        return new PathLearning(plan, paths).learn(stage1, texts(300, new SplittableRandom(3)));
    }

    private static Plan plan() {
        return new Plan(240, 48, 3e-3, 0.1, 3, new AskMultiplier.Bounds(0.3, 10, 0.7), 1);
    }

    @Test
    void drawnAsksSharpenAndKeepTheBudget() {
        PricedHead after = learn(plan());
        for (double level : LEVELS) {
            assertThat(figures(after, level)[0])
                    .as("use at %s, seed %d", level, SEED)
                    .isLessThan(level + 0.01);
        }
        double[] before = figures(stage1, 0.1);
        double[] now = figures(after, 0.1);
        assertThat(now[0]).as("use at 0.1").isGreaterThan(0.08);
        // Stage 1 draws with a probability that it means; half of all doubtful tokens are wrong.
        assertThat(now[1]).as("wrong tokens asked for at 0.1").isGreaterThan(before[1] + 0.1);
    }

    @Test
    void aMultiplierThatStaysAtZeroOverspendsEveryBudget() {
        PricedHead frozen = learn(plan().frozen());
        for (double level : LEVELS) {
            assertThat(figures(frozen, level)[0])
                    .as("use at %s, seed %d", level, SEED)
                    .isGreaterThan(0.3);
        }
    }

    @Test
    void refusesAPlanThatIsNone() {
        assertThatThrownBy(() -> new Plan(0, 1, 1, 0.1, 0, AskMultiplier.Bounds.WIDE, 1))
                .hasMessageContaining("Stage 2 of asking with 0 steps");
    }
}
