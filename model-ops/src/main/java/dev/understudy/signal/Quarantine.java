package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.token.VocabularyFingerprint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps signals out of training that must not be learnt from. Stateless; repeats of a prompt are bounded by
 * {@link ReplayBuffer} (a repeat replaces), one tenant's influence by the sampling of a round.
 */
public final class Quarantine {
    /** Stored probabilities are single precision and may be rounded up. */
    private static final double MOST_MASS = 1.001;

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

    /**
     * A quarantine for one vocabulary.
     *
     * @param size number of token ids V; ids outside [0, V) are malformed
     */
    public Quarantine(VocabularyFingerprint vocabulary, int size) {
        this.vocabulary = vocabulary;
        this.size = size;
    }

    /** The first reason to keep it out; empty when it may be learnt from. */
    public Optional<Reason> objection(Intervention intervention) {
        if (!intervention.consent()) {
            return Optional.of(Reason.NO_CONSENT);
        }
        if (!vocabulary.hex().equals(intervention.vocabulary())) {
            return Optional.of(Reason.FOREIGN_VOCABULARY);
        }
        if (!wellFormed(intervention)) {
            return Optional.of(Reason.MALFORMED);
        }
        if (!intervention.teacher().stream().allMatch(Quarantine::possible)) {
            return Optional.of(Reason.IMPOSSIBLE_LAW);
        }
        return LossMask.labelledPositions(intervention).length == 0 ? Optional.of(Reason.NO_LABEL) : Optional.empty();
    }

    /** The training example of a signal without objection. */
    public LabelledSequence label(Intervention intervention) {
        int[] positions = LossMask.labelledPositions(intervention);
        if (positions.length == 0) {
            throw new IllegalArgumentException("[BUG] signal " + intervention.promptId() + " has no label");
        }
        List<TeacherDistribution> laws = new ArrayList<>(positions.length);
        for (int position : positions) {
            TeacherDistribution law = intervention.teacher().get(position);
            if (law != null) {
                laws.add(law);
            }
        }
        return new LabelledSequence(
                intervention.workload(),
                intervention.tenant(),
                intervention.promptIds(),
                Arrays.copyOf(intervention.tokenIds(), positions[positions.length - 1] + 1),
                positions,
                laws,
                intervention.seenWhole());
    }

    private boolean wellFormed(Intervention intervention) {
        int tokens = intervention.tokenIds().length;
        return intervention.promptIds().length > 0
                && intervention.authors().size() == tokens
                && intervention.teacher().size() == tokens
                && insideVocabulary(intervention.promptIds())
                && insideVocabulary(intervention.tokenIds())
                && intervention.teacher().stream().allMatch(law -> law == null || insideVocabulary(law.ids()));
    }

    private boolean insideVocabulary(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= size) {
                return false;
            }
        }
        return true;
    }

    private static boolean possible(@Nullable TeacherDistribution law) {
        if (law == null) {
            return true;
        }
        double mass = 0;
        for (float logProbability : law.logProbabilities()) {
            mass += Math.exp(logProbability);
        }
        // Negated, so that NaN is impossible too.
        return mass <= MOST_MASS && mass > 0;
    }
}
