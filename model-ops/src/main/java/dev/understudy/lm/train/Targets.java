package dev.understudy.lm.train;

import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.TokenBatch;

/**
 * What is known of the next token at each of the N positions of a training batch. Arrays are not copied; the caller
 * must not modify them.
 */
public sealed interface Targets {
    /** Number N of positions described. */
    int count();

    /** Calls the method for this kind. */
    <T> T accept(Reader<T> reader);

    /** One method a kind. */
    interface Reader<T> {
        T labels(Labels labels);

        T topK(TopK laws);

        T whole(Whole laws);

        T live(Live live);
    }

    /**
     * A verified token: cross-entropy, whatever the divergence.
     *
     * @param ids [N] token ids
     */
    record Labels(int[] ids) implements Targets {
        @Override
        public int count() {
            return ids.length;
        }

        @Override
        public <T> T accept(Reader<T> reader) {
            return reader.labels(this);
        }
    }

    /**
     * Recorded laws: the K most probable ids, and one bucket for everything else. The student's law is cut into the
     * same K + 1 buckets, so every divergence is a lower bound of that between the whole laws.
     *
     * @param k number K of stored ids a position, at least 1
     * @param ids [N, K] token ids, distinct within a position but for fillers
     * @param logProbabilities [N, K] natural-log probabilities of these ids under the teacher; a position with fewer
     *     ids is filled with {@link #FILLER} and any id that it stores
     */
    record TopK(int k, int[] ids, float[] logProbabilities) implements Targets {
        /** Log-probability of an entry that is not there. */
        public static final float FILLER = -1e5f;

        public TopK {
            if (k < 1 || ids.length != logProbabilities.length || ids.length % k != 0) {
                throw new IllegalArgumentException("[BUG] laws with K " + k + ", " + ids.length + " ids and "
                        + logProbabilities.length + " log-probabilities");
            }
        }

        @Override
        public int count() {
            return ids.length / k;
        }

        @Override
        public <T> T accept(Reader<T> reader) {
            return reader.topK(this);
        }
    }

    /**
     * Laws over the whole vocabulary.
     *
     * @param vocabulary number V of token ids
     * @param logits [N, V] natural-log scale; a constant within a position does not matter
     */
    record Whole(int vocabulary, float[] logits) implements Targets {
        public Whole {
            if (vocabulary < 1 || logits.length % vocabulary != 0) {
                throw new IllegalArgumentException(
                        "[BUG] " + logits.length + " logits over a vocabulary of " + vocabulary);
            }
        }

        @Override
        public int count() {
            return logits.length / vocabulary;
        }

        @Override
        public <T> T accept(Reader<T> reader) {
            return reader.whole(this);
        }
    }

    /**
     * A teacher that is asked within the step; its logits never leave native memory. It is stepped on the trainer's
     * thread and must come from the same engine.
     *
     * @param teacher model of the same vocabulary
     * @param tokens what the teacher reads, and the N positions at which it is asked
     */
    record Live(LanguageModel teacher, TokenBatch tokens) implements Targets {
        @Override
        public int count() {
            return tokens.positions().length;
        }

        @Override
        public <T> T accept(Reader<T> reader) {
            return reader.live(this);
        }
    }
}
