package dev.understudy.lm.vector;

import dev.understudy.lm.Scores;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What is reported of one distribution: its most probable ids, their log-probabilities and the entropy H = ln Z - sum(e
 * z) / Z, with z the logits less their maximum and e = exp(z). Confined to the thread that steps the model.
 */
final class VectorFigures {
    private final int vocabulary;
    private float[] best = {};

    VectorFigures(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** @param logits at {@code from}, whole vectors readable */
    void fill(float[] logits, int from, Scores out, int entry) {
        int top = out.topK();
        if (best.length != top) {
            best = new float[top];
        }
        select(logits, from, out.topIds, entry * top);
        float most = best[0];
        double sum = 0;
        double weighted = 0;
        int i = 0;
        FloatVector sums = FloatVector.zero(VectorMath.FLOATS);
        FloatVector products = sums;
        FloatVector highest = FloatVector.broadcast(VectorMath.FLOATS, most);
        for (; i + VectorMath.LANES <= vocabulary; i += VectorMath.LANES) {
            FloatVector z =
                    FloatVector.fromArray(VectorMath.FLOATS, logits, from + i).sub(highest);
            FloatVector e = VectorMath.exp(z);
            sums = sums.add(e);
            products = e.fma(z, products);
        }
        sum += sums.reduceLanes(VectorOperators.ADD);
        weighted += products.reduceLanes(VectorOperators.ADD);
        for (; i < vocabulary; i++) {
            double z = logits[from + i] - most;
            double e = Math.exp(z);
            sum += e;
            weighted += e * z;
        }
        double logSum = Math.log(sum);
        for (int j = 0; j < top; j++) {
            out.topLogProbabilities[entry * top + j] = (float) (best[j] - most - logSum);
        }
        out.argmax[entry] = out.topIds[entry * top];
        out.entropy[entry] = (float) Math.max(0, logSum - weighted / sum);
        if (out.wantsLogits()) {
            System.arraycopy(logits, from, out.logits, entry * vocabulary, vocabulary);
        }
    }

    /** The largest, in descending order; of equal ones the lowest id first. */
    private void select(float[] logits, int from, int[] ids, int to) {
        int top = best.length;
        for (int i = 0; i < top; i++) {
            insert(logits[from + i], i, i, ids, to);
        }
        int i = top;
        for (; i + VectorMath.LANES <= vocabulary; i += VectorMath.LANES) {
            if (FloatVector.fromArray(VectorMath.FLOATS, logits, from + i)
                    .compare(VectorOperators.GT, best[top - 1])
                    .anyTrue()) {
                scan(logits, from, i, i + VectorMath.LANES, ids, to);
            }
        }
        scan(logits, from, i, vocabulary, ids, to);
    }

    private void scan(float[] logits, int from, int start, int end, int[] ids, int to) {
        int last = best.length - 1;
        for (int i = start; i < end; i++) {
            if (logits[from + i] > best[last]) {
                insert(logits[from + i], i, last, ids, to);
            }
        }
    }

    /** Puts a number into the order, from place {@code place} upwards. */
    private void insert(float value, int id, int place, int[] ids, int to) {
        int at = place;
        while (at > 0 && value > best[at - 1]) {
            best[at] = best[at - 1];
            ids[to + at] = ids[to + at - 1];
            at--;
        }
        best[at] = value;
        ids[to + at] = id;
    }
}
