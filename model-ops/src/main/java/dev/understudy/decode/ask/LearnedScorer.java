package dev.understudy.decode.ask;

import dev.understudy.decode.ask.AskPolicy.AskToken.Action;

/** Difficulties from a learned head: u itself, or u against the position's draw. */
final class LearnedScorer implements AskScorer {
    private final AskHead head;
    private final Action action;

    LearnedScorer(AskHead head, Action action) {
        this.head = head;
        this.action = action;
    }

    @Override
    public void score(AskStep step, float[] difficulty) {
        head.logits(step, difficulty);
        for (int i = 0; i < step.count(); i++) {
            double logit = difficulty[i];
            if (action == Action.SAMPLED) {
                // At a draw of 0 the logit is minus infinity and the difficulty 1: asks at every price below 1.
                logit -= Math.log(step.draw[i] / (1 - step.draw[i]));
            }
            difficulty[i] = (float) (1 / (1 + Math.exp(-logit)));
        }
    }

    @Override
    public int hiddenWidth() {
        return head.hiddenWidth();
    }
}
