package dev.understudy.teacher;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import dev.understudy.lm.TeacherDistribution;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads drafts with the whole law of each position, a few positions a model call so that memory is bounded whatever the
 * vocabulary. Owned by the teacher's thread.
 */
final class DraftReading {
    /** 16 positions of 150,000 ids take 10 MB. */
    private static final int POSITIONS = 16;

    private final LanguageModel model;
    private final KvCache cache;
    private @Nullable Scores scores;

    DraftReading(LanguageModel model, KvCache cache) {
        this.model = model;
        this.cache = cache;
    }

    /**
     * Feeds the tokens before the detailed positions and describes what follows each.
     *
     * @param block one token a detailed position of the look
     * @param before distributions of the positions in front; those of the block are added
     */
    Reply read(int row, int[] block, Look look, List<TeacherDistribution> before) {
        Scores wide = scores;
        if (wide == null) {
            int topK = Math.min(LocalTeacher.TOP_K, model.shape().vocabulary());
            wide = Scores.of(model.shape(), POSITIONS, topK, Extra.LOGITS);
            scores = wide;
        }
        int drafts = look.draft().tokens();
        int firstDraft = look.completionIds().length - drafts;
        float[] own = new float[drafts];
        float[][] laws = new float[look.draft().detail() == Draft.Detail.LAWS ? block.length : 0][];
        for (int from = 0; from < block.length; from += POSITIONS) {
            int[] piece = Arrays.copyOfRange(block, from, Math.min(block.length, from + POSITIONS));
            model.extend(cache, row, piece, piece.length, wide);
            for (int i = 0; i < piece.length; i++) {
                before.add(LocalTeacher.law(wide, i));
                double norm = norm(wide, i);
                if (from + i < drafts) {
                    int token = look.completionIds()[firstDraft + from + i];
                    own[from + i] = (float) (wide.logits[i * vocabulary() + token] - norm);
                }
                if (laws.length > 0) {
                    laws[from + i] = Arrays.copyOfRange(wide.logits, i * vocabulary(), (i + 1) * vocabulary());
                }
            }
        }
        return new Reply(before, own, laws);
    }

    /** Natural log of the sum of exponentials of the logits. */
    private double norm(Scores wide, int entry) {
        int from = entry * vocabulary();
        double top = wide.logits[from + wide.argmax[entry]];
        double sum = 0;
        for (int i = from; i < from + vocabulary(); i++) {
            sum += Math.exp(wide.logits[i] - top);
        }
        return top + Math.log(sum);
    }

    private int vocabulary() {
        return model.shape().vocabulary();
    }
}
