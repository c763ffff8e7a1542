package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.feed.CallChecks;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.TrainingBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The parts of a batch as the program takes them. All parts are checked before the first array is made, so that a part
 * that cannot be meant changes nothing.
 */
final class TrainingInputs {
    /** Teacher mass outside the stored ids below which it counts as none. */
    private static final double SMALLEST_TAIL = 1e-8;

    /** Stored teacher mass above one beyond this is an error, not rounding. */
    private static final double MASS_SLACK = 1e-3;

    private static final float[] NO_TAIL = {};

    private final List<Part> parts = new ArrayList<>();

    /**
     * One part.
     *
     * @param batch what is trained on
     * @param loss what is minimised: cross-entropy on labels, else what was asked for
     * @param shares [N] weights, scaled so that those of all parts sum to 1
     * @param ids stored ids, N times k, or none for whole laws
     * @param law makes the array of log-probabilities or logits
     * @param tail [N] teacher mass outside the stored ids, or empty when that bucket weighs nothing
     */
    record Part(
            TrainingBatch batch,
            TokenLoss loss,
            float[] shares,
            int[] ids,
            Function<NDManager, NDArray> law,
            float[] tail) {
        /** The six arguments of the program, owned by {@code scope}. */
        NDArray[] arrays(NDManager scope) {
            TokenBatch tokens = batch.tokens();
            int n = shares.length;
            return new NDArray[] {
                scope.create(Batches.longs(tokens.ids()), new Shape(tokens.rows(), tokens.time())),
                scope.create(Batches.longs(tokens.positions())),
                ids.length == 0
                        ? scope.create(new long[0], new Shape(0))
                        : scope.create(Batches.longs(ids), new Shape(n, ids.length / n)),
                law.apply(scope),
                scope.create(tail, new Shape(tail.length)),
                scope.create(shares)
            };
        }
    }

    /**
     * Checks and prepares.
     *
     * @throws IllegalArgumentException see {@link dev.understudy.lm.train.Trainer#step}
     */
    TrainingInputs(ModelShape shape, List<TrainingBatch> batches, TokenLoss loss) {
        double sum = 0;
        for (TrainingBatch batch : batches) {
            CallChecks.batch(shape, batch.tokens());
            for (float weight : batch.weights()) {
                if (!(weight >= 0)) {
                    throw new IllegalArgumentException(
                            "Training batch has weight " + weight + ", expected at least 0; correct the signal.");
                }
                sum += weight;
            }
        }
        if (!(sum > 0) || Double.isInfinite(sum)) {
            throw new IllegalArgumentException(
                    "Training batch has weights of sum " + sum + ", expected above 0; leave such a batch out.");
        }
        for (TrainingBatch batch : batches) {
            float[] shares = new float[batch.weights().length];
            for (int i = 0; i < shares.length; i++) {
                shares[i] = (float) (batch.weights()[i] / sum);
            }
            parts.add(batch.targets().accept(new Preparation(shape.vocabulary(), batch, loss, shares)));
        }
    }

    List<Part> parts() {
        return parts;
    }

    private record Preparation(int vocabulary, TrainingBatch batch, TokenLoss loss, float[] shares)
            implements Targets.Reader<Part> {
        @Override
        public Part labels(Targets.Labels labels) {
            for (int id : labels.ids()) {
                checkId(id);
            }
            Shape one = new Shape(labels.count(), 1);
            return new Part(
                    batch,
                    TokenLoss.FORWARD_KL,
                    shares,
                    labels.ids(),
                    scope -> scope.create(new float[labels.count()], one),
                    NO_TAIL);
        }

        @Override
        public Part topK(Targets.TopK laws) {
            if (loss.temperature() != 1) {
                throw new IllegalArgumentException("Training at temperature " + loss.temperature()
                        + " found laws cut to " + laws.k()
                        + " ids, expected whole laws; record all ids or use temperature 1.");
            }
            Shape size = new Shape(laws.count(), laws.k());
            return new Part(
                    batch, loss, shares, laws.ids(), scope -> scope.create(laws.logProbabilities(), size), tails(laws));
        }

        @Override
        public Part whole(Targets.Whole laws) {
            checkVocabulary(laws.vocabulary());
            Shape size = new Shape(laws.count(), laws.vocabulary());
            return whole(scope -> scope.create(laws.logits(), size));
        }

        @Override
        public Part live(Targets.Live live) {
            LanguageModel teacher = live.teacher();
            checkVocabulary(teacher.shape().vocabulary());
            return whole(scope -> LibtorchModel.own(teacher).logits(live.tokens(), scope));
        }

        private Part whole(Function<NDManager, NDArray> law) {
            return new Part(batch, loss, shares, new int[0], law, NO_TAIL);
        }

        private void checkId(int id) {
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException("Training batch has target id " + id + ", expected one below "
                        + vocabulary + "; both models must share a vocabulary.");
            }
        }

        private void checkVocabulary(int other) {
            if (other != vocabulary) {
                throw new IllegalArgumentException("Training batch has laws over " + other + " ids, expected "
                        + vocabulary + "; both models must share a vocabulary.");
            }
        }

        /**
         * [N] teacher mass outside the stored ids. The bucket weighs nothing when it does not exist, or when no teacher
         * has mass there and no term is an expectation under the student, whose mass there would go unpunished.
         */
        private float[] tails(Targets.TopK laws) {
            boolean exists = laws.k() < vocabulary;
            boolean any = loss.student().weight() > 0;
            float[] tails = new float[laws.count()];
            for (int i = 0; i < tails.length; i++) {
                double mass = 0;
                for (int j = i * laws.k(); j < (i + 1) * laws.k(); j++) {
                    checkId(laws.ids()[j]);
                    float logProbability = laws.logProbabilities()[j];
                    mass += Float.isInfinite(logProbability) ? Double.NaN : Math.exp(logProbability);
                    exists |= logProbability == Targets.TopK.FILLER;
                }
                if (!(mass <= 1 + MASS_SLACK)) {
                    throw new IllegalArgumentException("Training batch stores teacher mass " + mass
                            + " at one position, expected finite logarithms and at most 1; drop the record.");
                }
                tails[i] = 1 - mass < SMALLEST_TAIL ? 0f : (float) (1 - mass);
                any |= tails[i] > 0;
            }
            return exists && any ? tails : NO_TAIL;
        }
    }
}
