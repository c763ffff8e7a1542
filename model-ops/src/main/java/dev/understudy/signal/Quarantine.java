package dev.understudy.signal;

import dev.understudy.token.VocabularyFingerprint;
import java.util.Optional;

/**
 * Keeps signals out of training that must not be learnt from. Stateless; repeats of a prompt are bounded by
 * {@link ReplayBuffer} (a repeat replaces), one tenant's influence by the sampling of a round.
 */
public final class Quarantine {
    /** Why a signal is kept out. */
    public enum Reason {
        /** The caller did not consent to training. */
        NO_CONSENT,
        /** Token ids of another vocabulary. */
        FOREIGN_VOCABULARY,
        /** A teacher law whose stored probabilities sum to more than 1.001 or are not finite. */
        IMPOSSIBLE_LAW,
        /** Arrays of unequal length, no prompt, or an id outside the vocabulary. */
        MALFORMED,
        /** No position carries a label. */
        NO_LABEL
    }

    private final VocabularyFingerprint vocabulary;
    private final int size;

    /** @param size number of token ids V; ids outside [0, V) are malformed */
    public Quarantine(VocabularyFingerprint vocabulary, int size) {
        this.vocabulary = vocabulary;
        this.size = size;
    }

    /** The first reason to keep it out; empty when it may be learnt from. */
    public Optional<Reason> objection(Intervention intervention) {
        throw new UnsupportedOperationException(vocabulary.hex() + size);
    }

    /** The training example of a signal without objection. */
    public LabelledSequence label(Intervention intervention) {
        throw new UnsupportedOperationException();
    }
}
