package dev.understudy.decode;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskScorer;
import dev.understudy.decode.ask.AskStep;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one student version: its cache and who sits where. Owned by the task thread; closes the cache, not the
 * model.
 */
final class ModelRows implements AutoCloseable {
    /** Where the figures of a sequence's next token and its difficulty, in [0, 1], go. */
    interface Decisions {
        void decide(Sequence sequence, Scores scores, int entry, float difficulty);
    }

    final String version;
    final LanguageModel model;
    private final KvCache cache;
    private final @Nullable Sequence[] occupants;
    private final Sequence[] batch;
    private final int[] rows;
    private final int[] ids;
    private final Scores scores;
    private final AskScorer scorer;
    private final StudentReading reading;
    private final @Nullable OwnLaw ownLaw;
    private final AskStep step;
    private final float[] difficulty;
    private @Nullable Scores withLogits;
    private int running;

    ModelRows(String version, LanguageModel model, AskPolicy policy, AskHead head, int capacity) {
        this.version = version;
        this.model = model;
        scorer = policy.scorer(head, model.shape());
        AskEntries entries = head.entries();
        reading = new StudentReading(entries, policy.tellsBudget());
        ownLaw = entries == null ? null : new OwnLaw(entries, model.shape().vocabulary());
        step = new AskStep(capacity);
        difficulty = new float[capacity];
        cache = model.newCache(capacity);
        occupants = new Sequence[capacity];
        batch = new Sequence[capacity];
        rows = new int[capacity];
        ids = new int[capacity];
        boolean hidden = scorer.hiddenWidth() > 0;
        scores = hidden ? Scores.of(model.shape(), capacity, 2, Extra.HIDDEN) : new Scores(capacity, 2, 0);
    }

    int running() {
        return running;
    }

    void place(Sequence sequence) {
        int row = 0;
        while (occupants[row] != null) {
            row++;
        }
        occupants[row] = sequence;
        running++;
        sequence.row = row;
        sequence.version = version;
        sequence.phase = Sequence.Phase.PREFILLING;
    }

    void release(Sequence sequence) {
        cache.truncate(sequence.row, 0);
        occupants[sequence.row] = null;
        sequence.row = -1;
        running--;
    }

    boolean holds(Sequence sequence) {
        return sequence.row >= 0 && occupants[sequence.row] == sequence;
    }

    /** Forgets tokens that were discarded, so that the newest one is fed next. */
    void rewind(Sequence sequence) {
        int behind = reading.length(sequence) - 1;
        if (cache.length(sequence.row) > behind) {
            cache.truncate(sequence.row, behind);
        }
    }

    boolean hasWork() {
        for (Sequence occupant : occupants) {
            if (occupant != null && occupant.phase != Sequence.Phase.WAITING) {
                return true;
            }
        }
        return false;
    }

    /** Most tokens of prompt and completion together that the sequence may have. */
    int context(Sequence sequence) {
        return model.shape().context() - reading.beyond(sequence);
    }

    /** Feeds the next token of every decoding row, in most its newest: one call of the model. */
    void step(Decisions decisions) {
        int count = 0;
        for (Sequence occupant : occupants) {
            if (occupant != null && occupant.phase == Sequence.Phase.DECODING) {
                batch[count] = occupant;
                rows[count] = occupant.row;
                ids[count++] = reading.tokenAt(occupant, cache.length(occupant.row));
            }
        }
        if (count > 0) {
            Scores out = scoresFor(count);
            model.step(cache, rows, ids, count, out);
            decideAll(count, out, decisions);
        }
    }

    /**
     * Feeds prompts: whole ones together in one call while they fit into the allowance, else a piece of the first one.
     *
     * @param tokens most tokens to feed, at least 1
     * @return tokens that were fed
     */
    int prefill(int tokens, Decisions decisions) {
        List<int[]> blocks = new ArrayList<>();
        int fed = 0;
        for (Sequence occupant : occupants) {
            if (occupant == null || occupant.phase != Sequence.Phase.PREFILLING) {
                continue;
            }
            int missing = reading.length(occupant) - cache.length(occupant.row);
            if (cache.length(occupant.row) == 0 && missing <= tokens - fed) {
                batch[blocks.size()] = occupant;
                blocks.add(reading.slice(occupant, 0, missing));
                fed += missing;
            } else if (blocks.isEmpty()) {
                return extend(occupant, tokens, decisions);
            }
        }
        if (!blocks.isEmpty()) {
            int[] target = new int[blocks.size()];
            for (int i = 0; i < target.length; i++) {
                target[i] = batch[i].row;
            }
            Scores out = scoresFor(target.length);
            model.prefill(cache, target, blocks.toArray(new int[0][]), out);
            decideAll(target.length, out, decisions);
        }
        return fed;
    }

    private int extend(Sequence sequence, int tokens, Decisions decisions) {
        int[] block = reading.slice(sequence, cache.length(sequence.row), tokens);
        batch[0] = sequence;
        Scores out = scoresFor(1);
        model.extend(cache, sequence.row, block, 1, out);
        if (hasReadAll(sequence)) {
            decideAll(1, out, decisions);
        }
        return block.length;
    }

    private boolean hasReadAll(Sequence sequence) {
        return cache.length(sequence.row) == reading.length(sequence);
    }

    private void decideAll(int count, Scores out, Decisions decisions) {
        if (ownLaw != null) {
            ownLaw.take(out, count, step.asking);
        }
        step.take(out, count);
        for (int i = 0; i < count; i++) {
            Sequence sequence = batch[i];
            sequence.phase = Sequence.Phase.DECODING;
            step.position[i] = sequence.size();
            step.draw[i] = sequence.draws.uniform(sequence.size(), Draws.Purpose.ASK);
            step.level[i] = sequence.level;
            step.survival[i] = sequence.survival;
        }
        scorer.score(step, difficulty);
        for (int i = 0; i < count; i++) {
            // An ask that stays in the context is read a step before the teacher's token.
            if (hasReadAll(batch[i])) {
                batch[i].choice.doubt = step.doubt[i];
                decisions.decide(batch[i], out, i, difficulty[i]);
            }
        }
    }

    /**
     * Logits are copied out of the engine only when a row samples or the vocabulary speaks of asking: V floats a row
     * cost more than the greedy step's rest.
     */
    private Scores scoresFor(int count) {
        boolean greedy = ownLaw == null;
        for (int i = 0; i < count; i++) {
            greedy &= batch[i].prompt.sampling().isGreedy();
        }
        if (greedy) {
            return scores;
        }
        Scores wide = withLogits;
        if (wide == null) {
            wide = scores.wantsHidden()
                    ? Scores.of(model.shape(), occupants.length, 2, Extra.LOGITS, Extra.HIDDEN)
                    : Scores.of(model.shape(), occupants.length, 2, Extra.LOGITS);
            withLogits = wide;
        }
        return wide;
    }

    @Override
    public void close() {
        cache.close();
    }
}
