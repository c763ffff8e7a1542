package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Targets;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.TokenLoss;
import dev.understudy.lm.TrainingBatch;
import java.util.List;

/**
 * Lays the parts of a batch out as the arrays that the program takes. All parts are checked before the first array is
 * made, so that a part that cannot be meant changes nothing.
 */
final class TrainingInputs {
    /** Teacher mass outside the stored ids below which it counts as none. */
    private static final double SMALLEST_TAIL = 1e-8;

    /** Stored teacher mass above one beyond this is an error, not rounding. */
    private static final double MASS_SLACK = 1e-3;

    private final ModelShape shape;

    TrainingInputs(ModelShape shape) {
        this.shape = shape;
    }

    /** Refuses parts that cannot be meant; returns the sum of their weights. */
    double check(List<TrainingBatch> parts, TokenLoss loss) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("[BUG] a training step without a batch");
        }
        double sum = 0;
        for (TrainingBatch part : parts) {
            Batches.check(shape, part.tokens());
            part.targets().accept(new Check(loss));
            for (float weight : part.weights()) {
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
        return sum;
    }

    /** The loss of a part: what is asked for, or cross-entropy on labels. */
    static TokenLoss loss(Targets targets, TokenLoss loss) {
        return targets instanceof Targets.Labels ? TokenLoss.FORWARD_KL : loss;
    }

    /**
     * The six arguments of the program, owned by {@code scope}.
     *
     * @param weightSum sum of the weights of all parts
     */
    NDArray[] arrays(TrainingBatch part, TokenLoss loss, double weightSum, NDManager scope) {
        TokenBatch tokens = part.tokens();
        NDArray[] law = part.targets().accept(new Layout(loss, scope));
        float[] shares = new float[part.weights().length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (part.weights()[i] / weightSum);
        }
        return new NDArray[] {
            scope.create(Batches.longs(tokens.ids()), new Shape(tokens.rows(), tokens.time())),
            scope.create(Batches.longs(tokens.positions())),
            law[0],
            law[1],
            law[2],
            scope.create(shares)
        };
    }

    private void checkId(int id) {
        if (id < 0 || id >= shape.vocabulary()) {
            throw new IllegalArgumentException("Training batch has target id " + id + ", expected one below "
                    + shape.vocabulary() + "; both models must share a vocabulary.");
        }
    }

    private void checkVocabulary(int vocabulary) {
        if (vocabulary != shape.vocabulary()) {
            throw new IllegalArgumentException("Training batch has laws over " + vocabulary + " ids, expected "
                    + shape.vocabulary() + "; both models must share a vocabulary.");
        }
    }

    /** One exception or none. */
    private final class Check implements Targets.Reader<Boolean> {
        private final TokenLoss loss;

        Check(TokenLoss loss) {
            this.loss = loss;
        }

        @Override
        public Boolean labels(Targets.Labels labels) {
            for (int id : labels.ids()) {
                checkId(id);
            }
            return true;
        }

        @Override
        public Boolean topK(Targets.TopK laws) {
            if (loss.temperature() != 1) {
                throw new IllegalArgumentException(
                        "Training at temperature " + loss.temperature() + " found laws cut to " + laws.k()
                                + " ids, expected whole laws; record all ids or use temperature 1.");
            }
            for (int i = 0; i < laws.count(); i++) {
                double mass = 0;
                for (int j = i * laws.k(); j < (i + 1) * laws.k(); j++) {
                    checkId(laws.ids()[j]);
                    mass += Math.exp(laws.logProbabilities()[j]);
                    if (Float.isInfinite(laws.logProbabilities()[j])) {
                        mass = Double.NaN;
                    }
                }
                if (!(mass <= 1 + MASS_SLACK)) {
                    throw new IllegalArgumentException("Training batch stores teacher mass " + mass
                            + " at one position, expected finite logarithms and at most 1; drop the record.");
                }
            }
            return true;
        }

        @Override
        public Boolean whole(Targets.Whole laws) {
            checkVocabulary(laws.vocabulary());
            return true;
        }

        @Override
        public Boolean live(Targets.Live live) {
            checkVocabulary(live.teacher().shape().vocabulary());
            return true;
        }
    }

    /** Ids, law and tail of a part: shapes as the program says. */
    private final class Layout implements Targets.Reader<NDArray[]> {
        private final TokenLoss loss;
        private final NDManager scope;

        Layout(TokenLoss loss, NDManager scope) {
            this.loss = loss;
            this.scope = scope;
        }

        @Override
        public NDArray[] labels(Targets.Labels labels) {
            Shape one = new Shape(labels.count(), 1);
            return new NDArray[] {
                scope.create(Batches.longs(labels.ids()), one), scope.create(new float[labels.count()], one), none()
            };
        }

        @Override
        public NDArray[] topK(Targets.TopK laws) {
            Shape size = new Shape(laws.count(), laws.k());
            float[] tails = tails(laws);
            return new NDArray[] {
                scope.create(Batches.longs(laws.ids()), size),
                scope.create(laws.logProbabilities(), size),
                tails.length == 0 ? none() : scope.create(tails)
            };
        }

        @Override
        public NDArray[] whole(Targets.Whole laws) {
            return new NDArray[] {
                scope.create(new long[0], new Shape(0)),
                scope.create(laws.logits(), new Shape(laws.count(), laws.vocabulary())),
                none()
            };
        }

        @Override
        public NDArray[] live(Targets.Live live) {
            return new NDArray[] {
                scope.create(new long[0], new Shape(0)),
                LibtorchModel.own(live.teacher()).logits(live.tokens(), scope),
                none()
            };
        }

        private NDArray none() {
            return scope.create(new float[0], new Shape(0));
        }

        /**
         * [N] teacher mass outside the stored ids; empty when the bucket weighs nothing: without it the student's mass
         * outside would go unpunished in every term that is an expectation under the student.
         */
        private float[] tails(Targets.TopK laws) {
            boolean cut = false;
            boolean any = false;
            float[] tails = new float[laws.count()];
            for (int i = 0; i < tails.length; i++) {
                double mass = 0;
                for (int j = i * laws.k(); j < (i + 1) * laws.k(); j++) {
                    mass += Math.exp(laws.logProbabilities()[j]);
                    cut |= laws.logProbabilities()[j] == Targets.TopK.FILLER;
                }
                double tail = 1 - mass;
                tails[i] = tail < SMALLEST_TAIL ? 0f : (float) tail;
                any |= tails[i] > 0;
            }
            cut |= laws.k() < shape.vocabulary();
            return cut && (any || loss.student().weight() > 0) ? tails : new float[0];
        }
    }
}
