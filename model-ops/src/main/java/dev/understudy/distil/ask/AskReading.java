package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskInput;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.TokenBatch;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads labelled sequences with a student, without a cache, and keeps what its ask head would have seen at each
 * labelled position. Cached hidden states are what makes training a head a matter of seconds. Confined to the model's
 * thread.
 */
public final class AskReading {
    private static final int BATCH = 32;

    private final LanguageModel student;
    private final int vocabulary;

    public AskReading(LanguageModel student) {
        this.student = student;
        vocabulary = student.shape().vocabulary();
    }

    /** Evidence of each sequence, in the order given; sequences that do not fit the student's context are left out. */
    public List<AskEvidence> read(List<LabelledSequence> sequences) {
        List<LabelledSequence> fitting = sequences.stream()
                .filter(sequence -> sequence.length() - 1 <= student.shape().context())
                .toList();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < fitting.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> fitting.get(i).length()));
        AskEvidence[] evidence = new AskEvidence[fitting.size()];
        for (int start = 0; start < order.size(); start += BATCH) {
            List<Integer> part = order.subList(start, Math.min(order.size(), start + BATCH));
            readBatch(part.stream().map(fitting::get).toList(), part, evidence);
        }
        return List.of(evidence);
    }

    private void readBatch(List<LabelledSequence> batch, List<Integer> places, AskEvidence[] evidence) {
        TokenBatch tokens = tokens(batch);
        Scores scores = Scores.of(student.shape(), tokens.positions().length, 2, Extra.LOGITS, Extra.HIDDEN);
        student.score(tokens, scores);
        int entry = 0;
        for (int i = 0; i < batch.size(); i++) {
            LabelledSequence sequence = batch.get(i);
            evidence[places.get(i)] = evidence(sequence, scores, entry);
            entry += sequence.positions().length;
        }
    }

    private AskEvidence evidence(LabelledSequence sequence, Scores scores, int first) {
        int count = sequence.positions().length;
        float[][] inputs = new float[count][AskInput.width(student.shape().width())];
        double[] regret = new double[count];
        double[] divergence = new double[count];
        boolean[] asked = new boolean[count];
        for (int i = 0; i < count; i++) {
            int position = sequence.positions()[i];
            TeacherDistribution law = sequence.laws().get(i);
            AskInput.fill(scores, first + i, position, inputs[i], 0);
            regret[i] = regret(law, scores.argmax[first + i]);
            divergence[i] = divergence(law, scores.logits, (first + i) * vocabulary);
        }
        int last = sequence.positions()[count - 1];
        boolean reachesEnd = last == sequence.tokenIds().length - 1;
        boolean stands =
                sequence.tokenIds()[last] == sequence.laws().get(count - 1).argmax();
        return new AskEvidence(
                sequence.workload(), inputs, regret, divergence, asked, sequence.isDense() && reachesEnd && stands);
    }

    /** log p_T of the teacher's best token less that of {@code own}, in [0, {@link AskEvidence#LARGEST}]. */
    public static double regret(TeacherDistribution law, int own) {
        float[] known = law.logProbabilities();
        for (int k = 0; k < law.ids().length; k++) {
            if (law.ids()[k] == own) {
                return Math.min(AskEvidence.LARGEST, known[0] - known[k]);
            }
        }
        // Not stored: at most as probable as the least of those that are, and as all others together.
        double most = Math.min(known[known.length - 1], Math.log(Math.max(law.tailMass(), 1e-9)));
        return Math.max(0, Math.min(AskEvidence.LARGEST, known[0] - most));
    }

    /** KL(own || teacher) over the teacher's stored ids and one bucket for all others, in [0, about 12] nats. */
    private double divergence(TeacherDistribution law, float[] logits, int at) {
        double most = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabulary; v++) {
            most = Math.max(most, logits[at + v]);
        }
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            sum += Math.exp(logits[at + v] - most);
        }
        double normaliser = most + Math.log(sum);
        double stored = 0;
        double divergence = 0;
        for (int k = 0; k < law.ids().length; k++) {
            double own = logits[at + law.ids()[k]] - normaliser;
            double p = Math.exp(own);
            stored += p;
            divergence += p * (own - Math.max(-AskEvidence.LARGEST, law.logProbabilities()[k]));
        }
        double rest = Math.max(0, 1 - stored);
        if (rest > 1e-9) {
            double teacher = Math.max(-AskEvidence.LARGEST, Math.log(Math.max(law.tailMass(), 1e-9)));
            divergence += rest * (Math.log(rest) - teacher);
        }
        return Math.max(0, divergence);
    }

    /** Sequences without their last token, and the positions before each label, row by row. */
    static TokenBatch tokens(List<LabelledSequence> batch) {
        // The last completion token is only predicted, never read.
        int time = batch.stream().mapToInt(row -> row.length() - 1).max().orElseThrow();
        int[] ids = new int[batch.size() * time];
        int[] positions =
                new int[batch.stream().mapToInt(row -> row.positions().length).sum()];
        int n = 0;
        for (int b = 0; b < batch.size(); b++) {
            LabelledSequence row = batch.get(b);
            int prompt = row.promptIds().length;
            System.arraycopy(row.promptIds(), 0, ids, b * time, prompt);
            System.arraycopy(row.tokenIds(), 0, ids, b * time + prompt, row.tokenIds().length - 1);
            for (int position : row.positions()) {
                positions[n++] = b * time + prompt - 1 + position;
            }
        }
        return new TokenBatch(batch.size(), time, ids, positions);
    }
}
