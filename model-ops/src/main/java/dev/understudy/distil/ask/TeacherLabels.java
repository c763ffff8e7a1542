package dev.understudy.distil.ask;

import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.TokenBatch;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a teacher's laws in place of the labels of recorded sequences, by one forward pass a batch: what live traffic
 * brings as signals, for data that was recorded without a teacher. Confined to the model's thread.
 */
public final class TeacherLabels {
    private static final int BATCH = 32;
    private static final int TOP_K = 8;

    private final LanguageModel teacher;

    public TeacherLabels(LanguageModel teacher) {
        this.teacher = teacher;
    }

    /** The same sequences, every labelled position with the teacher's law of top-8 and tail. */
    public List<LabelledSequence> label(List<LabelledSequence> recorded) {
        List<LabelledSequence> labelled = new ArrayList<>(recorded.size());
        for (int start = 0; start < recorded.size(); start += BATCH) {
            labelBatch(recorded.subList(start, Math.min(recorded.size(), start + BATCH)), labelled);
        }
        return labelled;
    }

    private void labelBatch(List<LabelledSequence> batch, List<LabelledSequence> labelled) {
        TokenBatch tokens = AskReading.tokens(batch);
        int k = Math.min(TOP_K, teacher.shape().vocabulary());
        Scores scores = new Scores(tokens.positions().length, k, 0);
        teacher.score(tokens, scores);
        int entry = 0;
        for (LabelledSequence sequence : batch) {
            List<TeacherDistribution> laws = new ArrayList<>(sequence.positions().length);
            for (int i = 0; i < sequence.positions().length; i++) {
                int from = k * entry++;
                laws.add(new TeacherDistribution(
                        Arrays.copyOfRange(scores.topIds, from, from + k),
                        Arrays.copyOfRange(scores.topLogProbabilities, from, from + k)));
            }
            labelled.add(new LabelledSequence(
                    sequence.workload(),
                    sequence.tenant(),
                    sequence.promptIds(),
                    sequence.tokenIds(),
                    sequence.positions(),
                    laws,
                    sequence.seenWhole()));
        }
    }
}
