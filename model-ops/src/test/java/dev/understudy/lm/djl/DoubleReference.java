package dev.understudy.lm.djl;

import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.TrainingBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A training step written out in scalar double precision, with gradients from a tape: the oracle for the native one.
 * Reads unfused tensors by their Hugging Face names and shares no code with the program it checks.
 */
final class DoubleReference {
    private final ModelShape shape;
    private final Map<String, Weight> weights = new HashMap<>();
    private final Map<String, Adapter> adapters = new HashMap<>();
    private final Tape tape = new Tape();
    private int steps;

    DoubleReference(Path directory, ModelShape shape) {
        this.shape = shape;
        ModelDirectory model = new ModelDirectory(directory);
        for (LlamaLayout.Block block : LlamaLayout.blocks(shape)) {
            for (LlamaLayout.Part part : block.parts()) {
                weights.put(
                        part.name(),
                        new Weight(wide(model.tensor(part.name(), part.shape()).values())));
            }
        }
    }

    StepReport step(TrainingBatch batch, Hyper hyper) {
        return step(List.of(batch), TokenLoss.FORWARD_KL, hyper);
    }

    StepReport step(List<TrainingBatch> parts, TokenLoss tokenLoss, Hyper hyper) {
        tape.clear();
        for (Weight weight : weights.values()) {
            weight.start = tape.size();
            weight.nodes = Arrays.stream(weight.values).mapToInt(tape::leaf).toArray();
        }
        adapters.forEach((name, adapter) -> weights(name).nodes = adapter.added(weights(name)));
        int loss = loss(parts, tokenLoss);
        double[] gradient = tape.gradient(loss);
        double squares = 0;
        for (Weight weight : trained().values()) {
            for (int i = 0; i < weight.values.length; i++) {
                squares += Math.pow(gradient[weight.start + i], 2);
            }
        }
        double norm = Math.sqrt(squares);
        update(gradient, Math.min(1, hyper.clip() / (norm + 1e-6)), hyper);
        return new StepReport(tape.value(loss), norm);
    }

    private void update(double[] gradient, double scale, Hyper hyper) {
        steps++;
        double correct1 = 1 - Math.pow(hyper.beta1(), steps);
        double correct2 = 1 - Math.pow(hyper.beta2(), steps);
        trained().forEach((name, weight) -> {
            double decay = name.contains("norm") ? hyper.gainDecay() : hyper.weightDecay();
            double[] w = weight.values;
            double[] m = weight.first;
            double[] v = weight.second;
            for (int i = 0; i < w.length; i++) {
                double g = gradient[weight.start + i] * scale;
                m[i] = hyper.beta1() * m[i] + (1 - hyper.beta1()) * g;
                v[i] = hyper.beta2() * v[i] + (1 - hyper.beta2()) * g * g;
                w[i] -= hyper.learningRate() * decay * w[i];
                w[i] -= hyper.learningRate() * (m[i] / correct1) / (Math.sqrt(v[i] / correct2) + 1e-8);
            }
        });
    }

    private int loss(List<TrainingBatch> parts, TokenLoss tokenLoss) {
        double weightSum = 0;
        int total = tape.leaf(0);
        for (TrainingBatch batch : parts) {
            int time = batch.tokens().time();
            int[][] hidden = new int[batch.tokens().ids().length][];
            for (int row = 0; row < batch.tokens().rows(); row++) {
                int[] ids = Arrays.copyOfRange(batch.tokens().ids(), row * time, (row + 1) * time);
                System.arraycopy(forward(ids), 0, hidden, row * time, time);
            }
            for (int i = 0; i < batch.weights().length; i++) {
                weightSum += batch.weights()[i];
                int[] x = norm(hidden[batch.tokens().positions()[i]], "model.norm");
                int[] logits = multiply(x, shape.tiedHead() ? "model.embed_tokens" : "lm_head", shape.vocabulary());
                int nats = batch.targets().accept(new Buckets(logits, i, tokenLoss));
                total = tape.add(total, tape.scale(nats, batch.weights()[i]));
            }
        }
        return tape.scale(total, 1 / weightSum);
    }

    /** Both laws over the same buckets, by plain probabilities: double precision can afford it. */
    private final class Buckets implements Targets.Reader<Integer> {
        private final int[] logits;
        private final int position;
        private final TokenLoss tokenLoss;

        Buckets(int[] logits, int position, TokenLoss tokenLoss) {
            this.logits = logits;
            this.position = position;
            this.tokenLoss = tokenLoss;
        }

        @Override
        public Integer labels(Targets.Labels labels) {
            return tape.scale(tape.log(student(1)[labels.ids()[position]]), -1);
        }

        @Override
        public Integer topK(Targets.TopK laws) {
            int[] student = student(1);
            Map<Integer, Double> stored = new HashMap<>();
            double tail = 1;
            for (int j = position * laws.k(); j < (position + 1) * laws.k(); j++) {
                if (laws.logProbabilities()[j] != Targets.TopK.FILLER) {
                    double p = Math.exp(laws.logProbabilities()[j]);
                    stored.put(laws.ids()[j], p);
                    tail -= p;
                }
            }
            int outside = tape.leaf(0);
            for (int v = 0; v < student.length; v++) {
                outside = stored.containsKey(v) ? outside : tape.add(outside, student[v]);
            }
            double[] teacher = new double[stored.size() + 1];
            int[] bucket = new int[stored.size() + 1];
            int k = 0;
            for (Map.Entry<Integer, Double> entry : stored.entrySet()) {
                teacher[k] = entry.getValue();
                bucket[k++] = student[entry.getKey()];
            }
            boolean whole = stored.size() == student.length;
            teacher[k] = tail;
            bucket[k] = outside;
            return divergence(whole ? Arrays.copyOf(teacher, k) : teacher, bucket);
        }

        @Override
        public Integer whole(Targets.Whole laws) {
            double[] teacher = new double[laws.vocabulary()];
            double sum = 0;
            for (int v = 0; v < teacher.length; v++) {
                teacher[v] = Math.exp(laws.logits()[position * teacher.length + v] / tokenLoss.temperature());
                sum += teacher[v];
            }
            for (int v = 0; v < teacher.length; v++) {
                teacher[v] /= sum;
            }
            return divergence(teacher, student(tokenLoss.temperature()));
        }

        @Override
        public Integer live(Targets.Live live) {
            throw new UnsupportedOperationException("the reference has no teacher");
        }

        private int[] student(double temperature) {
            int all = tape.leaf(0);
            int[] weights = new int[logits.length];
            for (int v = 0; v < logits.length; v++) {
                weights[v] = tape.exp(tape.scale(logits[v], 1 / temperature));
                all = tape.add(all, weights[v]);
            }
            int inverse = tape.inverse(all);
            for (int v = 0; v < logits.length; v++) {
                weights[v] = tape.multiply(weights[v], inverse);
            }
            return weights;
        }

        private int divergence(double[] p, int[] q) {
            int sum = tape.leaf(0);
            TokenLoss.Term teacher = tokenLoss.teacher();
            TokenLoss.Term student = tokenLoss.student();
            for (int v = 0; v < p.length; v++) {
                if (p[v] > 1e-8 && teacher.weight() > 0) {
                    int mixed = mixture(p[v], q[v], teacher.teacherShare());
                    int ratio = tape.add(tape.leaf(Math.log(p[v])), tape.scale(tape.log(mixed), -1));
                    sum = tape.add(sum, tape.scale(ratio, teacher.weight() * p[v]));
                }
                if (student.weight() > 0) {
                    int mixed = mixture(Math.max(p[v], 1e-8), q[v], student.teacherShare());
                    int ratio = tape.add(tape.log(q[v]), tape.scale(tape.log(mixed), -1));
                    sum = tape.add(sum, tape.scale(tape.multiply(q[v], ratio), student.weight()));
                }
            }
            return sum;
        }

        private int mixture(double p, int q, double teacherShare) {
            return tape.add(tape.leaf(teacherShare * p), tape.scale(q, 1 - teacherShare));
        }
    }

    private int[][] forward(int[] ids) {
        int d = shape.width();
        int[][] x = new int[ids.length][d];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < d; i++) {
                x[t][i] = node("model.embed_tokens", ids[t] * d + i);
            }
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            int[][] attended = attention(x, name);
            for (int t = 0; t < ids.length; t++) {
                x[t] = add(x[t], multiply(attended[t], name + "self_attn.o_proj", d));
                int[] y = norm(x[t], name + "post_attention_layernorm");
                int[] gate = multiply(y, name + "mlp.gate_proj", shape.feedForward());
                int[] up = multiply(y, name + "mlp.up_proj", shape.feedForward());
                for (int i = 0; i < gate.length; i++) {
                    int sigmoid = tape.inverse(tape.add(tape.leaf(1), tape.exp(tape.scale(gate[i], -1))));
                    gate[i] = tape.multiply(tape.multiply(gate[i], sigmoid), up[i]);
                }
                x[t] = add(x[t], multiply(gate, name + "mlp.down_proj", d));
            }
        }
        return x;
    }

    private int[][] attention(int[][] x, String name) {
        int head = shape.headSize();
        int[][] q = new int[x.length][];
        int[][] k = new int[x.length][];
        int[][] v = new int[x.length][];
        int[][] out = new int[x.length][shape.heads() * head];
        for (int t = 0; t < x.length; t++) {
            int[] y = norm(x[t], name + "input_layernorm");
            q[t] = rotate(multiply(y, name + "self_attn.q_proj", shape.heads() * head), t);
            k[t] = rotate(multiply(y, name + "self_attn.k_proj", shape.keyValueHeads() * head), t);
            v[t] = multiply(y, name + "self_attn.v_proj", shape.keyValueHeads() * head);
            for (int h = 0; h < shape.heads(); h++) {
                int shared = h / (shape.heads() / shape.keyValueHeads()) * head;
                int[] share = new int[t + 1];
                int sum = tape.leaf(0);
                for (int s = 0; s <= t; s++) {
                    int dot = tape.leaf(0);
                    for (int i = 0; i < head; i++) {
                        dot = tape.add(dot, tape.multiply(q[t][h * head + i], k[s][shared + i]));
                    }
                    share[s] = tape.exp(tape.scale(dot, 1 / Math.sqrt(head)));
                    sum = tape.add(sum, share[s]);
                }
                for (int i = 0; i < head; i++) {
                    int mixed = tape.leaf(0);
                    for (int s = 0; s <= t; s++) {
                        mixed = tape.add(mixed, tape.multiply(share[s], v[s][shared + i]));
                    }
                    out[t][h * head + i] = tape.multiply(mixed, tape.inverse(sum));
                }
            }
        }
        return out;
    }

    /** Halves (j, j + D/2) of each head turn by position times base^(-2j/D). */
    private int[] rotate(int[] x, int position) {
        int head = shape.headSize();
        int[] turned = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            int j = i % head % (head / 2);
            double angle = position * Math.pow(shape.architecture().rotary().base(), -2.0 * j / head);
            boolean low = i % head < head / 2;
            int other = low ? i + head / 2 : i - head / 2;
            double sine = low ? -Math.sin(angle) : Math.sin(angle);
            turned[i] = tape.add(tape.scale(x[i], Math.cos(angle)), tape.scale(x[other], sine));
        }
        return turned;
    }

    private int[] norm(int[] x, String name) {
        int squares = tape.leaf(0);
        for (int value : x) {
            squares = tape.add(squares, tape.multiply(value, value));
        }
        int mean = tape.add(tape.scale(squares, 1.0 / x.length), tape.leaf(shape.normEpsilon()));
        int scale = tape.exp(tape.scale(tape.log(mean), -0.5));
        int[] y = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = tape.multiply(tape.multiply(x[i], scale), node(name, i));
        }
        return y;
    }

    private int[] multiply(int[] x, String name, int rows) {
        int[] y = new int[rows];
        for (int r = 0; r < rows; r++) {
            y[r] = tape.leaf(0);
            for (int c = 0; c < x.length; c++) {
                y[r] = tape.add(y[r], tape.multiply(x[c], node(name, r * x.length + c)));
            }
        }
        return y;
    }

    private int[] add(int[] a, int[] b) {
        int[] sum = new int[a.length];
        Arrays.setAll(sum, i -> tape.add(a[i], b[i]));
        return sum;
    }

    private int node(String name, int element) {
        return weights(name).nodes[element];
    }

    private Weight weights(String name) {
        return Objects.requireNonNull(weights.get(name + ".weight"));
    }

    /** Adds an adapter to a matrix; from then on adapters alone are trained. */
    void adapt(String name, int rank, double scale, float[] down, float[] up) {
        adapters.put(name, new Adapter(rank, scale, new Weight(wide(down)), new Weight(wide(up))));
    }

    private Map<String, Weight> trained() {
        if (adapters.isEmpty()) {
            return weights;
        }
        Map<String, Weight> all = new HashMap<>();
        adapters.forEach((name, adapter) -> {
            all.put(name + ".lora_A", adapter.down);
            all.put(name + ".lora_B", adapter.up);
        });
        return all;
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    /** A and B of one matrix. */
    private final class Adapter {
        private final int rank;
        private final double scale;
        private final Weight down;
        private final Weight up;

        Adapter(int rank, double scale, Weight down, Weight up) {
            this.rank = rank;
            this.scale = scale;
            this.down = down;
            this.up = up;
        }

        /** Nodes of W + scale B A. */
        int[] added(Weight weight) {
            down.start = tape.size();
            down.nodes = Arrays.stream(down.values).mapToInt(tape::leaf).toArray();
            up.start = tape.size();
            up.nodes = Arrays.stream(up.values).mapToInt(tape::leaf).toArray();
            int columns = down.values.length / rank;
            int[] nodes = weight.nodes.clone();
            for (int i = 0; i < nodes.length; i++) {
                int sum = tape.leaf(0);
                for (int k = 0; k < rank; k++) {
                    int product =
                            tape.multiply(up.nodes[i / columns * rank + k], down.nodes[k * columns + i % columns]);
                    sum = tape.add(sum, product);
                }
                nodes[i] = tape.add(nodes[i], tape.scale(sum, scale));
            }
            return nodes;
        }
    }

    /** One tensor, its moments, and where it stands on the tape. */
    private static final class Weight {
        private final double[] values;
        private final double[] first;
        private final double[] second;
        private int start;
        private int[] nodes = {};

        Weight(double[] values) {
            this.values = values;
            first = new double[values.length];
            second = new double[values.length];
        }
    }

    /** Scalar operations in order, each with at most two inputs and the derivative by each. */
    private static final class Tape {
        private double[] values = new double[1 << 16];
        private double[] byA = new double[1 << 16];
        private double[] byB = new double[1 << 16];
        private int[] a = new int[1 << 16];
        private int[] b = new int[1 << 16];
        private int size;

        void clear() {
            size = 0;
        }

        int size() {
            return size;
        }

        double value(int i) {
            return values[i];
        }

        int leaf(double value) {
            return push(value, 0, 0, 0, 0);
        }

        int add(int i, int j) {
            return push(values[i] + values[j], i, 1, j, 1);
        }

        int multiply(int i, int j) {
            return push(values[i] * values[j], i, values[j], j, values[i]);
        }

        int scale(int i, double factor) {
            return push(values[i] * factor, i, factor, 0, 0);
        }

        int exp(int i) {
            double value = Math.exp(values[i]);
            return push(value, i, value, 0, 0);
        }

        int log(int i) {
            return push(Math.log(values[i]), i, 1 / values[i], 0, 0);
        }

        int inverse(int i) {
            double value = 1 / values[i];
            return push(value, i, -value * value, 0, 0);
        }

        private int push(double value, int i, double di, int j, double dj) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
                byA = Arrays.copyOf(byA, 2 * size);
                byB = Arrays.copyOf(byB, 2 * size);
                a = Arrays.copyOf(a, 2 * size);
                b = Arrays.copyOf(b, 2 * size);
            }
            values[size] = value;
            a[size] = i;
            byA[size] = di;
            b[size] = j;
            byB[size] = dj;
            return size++;
        }

        double[] gradient(int of) {
            double[] gradient = new double[size];
            gradient[of] = 1;
            for (int i = of; i >= 0; i--) {
                gradient[a[i]] += gradient[i] * byA[i];
                gradient[b[i]] += gradient[i] * byB[i];
            }
            return gradient;
        }
    }
}
