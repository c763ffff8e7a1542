package dev.understudy.decode;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Prompt;
import dev.understudy.signal.Author;
import dev.understudy.token.TextStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sequence in flight, mutable; owned by the task thread. Position t of the arrays is completion token t.
 *
 * <p>Tokens are written as drafts and decided afterwards, at once where the policy has no blocks. A snapshot holds no
 * drafts: they are drawn again, and equal, since draws are keyed.
 *
 * <p>Phases: QUEUED (no row) → PREFILLING → DECODING ⇄ WAITING (for one token of the teacher) → LOOKING (all tokens
 * written, no row, the teacher's last look is under way).
 */
final class Sequence {
    /** Nats up to which an own token counts as the teacher's, said in other words. */
    private static final double WORDING = 1;
    /** Logarithm of a survival that no ask is worth. */
    private static final double LOST = -50;

    enum Phase {
        QUEUED,
        PREFILLING,
        DECODING,
        WAITING,
        LOOKING
    }

    final Prompt prompt;
    final Draws draws;
    final Instant startedAt;
    final int resumed;
    Phase phase = Phase.QUEUED;
    HelpUsed help;

    @Nullable StopReason stop;

    String version;
    /** Row in the cache of its version while it has one. */
    int row = -1;
    /** Call id of the look under way. */
    @Nullable String look;
    /** Whether a look for the audit succeeded. */
    boolean audited;
    /** Probability with which the teacher was to see it whole, and whether it was drawn; set when all is written. */
    double propensity;

    boolean due;
    /** Whether any look was made since the sequence came here, so that the teacher may hold a cache for it. */
    boolean known;
    /** Budget level that a learned policy is told, in [0, 1]. */
    double level = 1;
    /** Natural logarithm of the estimated probability that no own token so far differs from the teacher's. */
    double survival;
    /** The student's choice and figures at the position that is decided. */
    final Choice choice = new Choice();

    /** Text of the first {@code streamed} tokens; only where a stop text is looked for. */
    @Nullable TextStream stream;

    int streamed;

    /** Tokens, drafts included. */
    private int size;
    /** Tokens that are decided; those behind are drafts. */
    private int decided;

    private int[] ids;
    private int[] argmax;
    private float[] confidence;
    private float[] difficulty;
    private final List<Author> authors;
    private final List<@Nullable TeacherDistribution> teacher;
    private int firstGap;
    /** Logits that each draft was drawn from; arrays are kept for the next block. */
    private float[][] draftLogits = new float[0][];

    /** What the student would write at a position; overwritten at the next one. */
    static final class Choice {
        /** Its choice. */
        int token;
        /** Its most probable token. */
        int argmax;
        /** Probability of the most probable token, in (0, 1]. */
        float confidence;
        /** The policy's difficulty, in [0, 1]. */
        float difficulty;
        /** Estimated probability that {@link #argmax} is not the teacher's, in [0, 1); 0 where nothing estimates it. */
        double doubt;
    }

    Sequence(SequenceSnapshot from) {
        prompt = from.prompt();
        draws = Draws.of(prompt.id(), prompt.sampling().seed());
        startedAt = from.startedAt();
        resumed = from.resumed();
        help = from.help();
        survival = help.survival();
        stop = from.stop();
        version = from.version();
        WrittenTokens written = from.written();
        size = written.size();
        decided = size;
        ids = Arrays.copyOf(written.ids(), Math.max(size, 32));
        argmax = Arrays.copyOf(written.studentArgmax(), ids.length);
        confidence = Arrays.copyOf(written.studentConfidence(), ids.length);
        difficulty = Arrays.copyOf(written.difficulty(), ids.length);
        authors = new ArrayList<>(written.authors());
        teacher = new ArrayList<>(written.teacher());
    }

    static Sequence of(Prompt prompt, Instant now) {
        return new Sequence(new SequenceSnapshot(prompt, "", WrittenTokens.NONE, HelpUsed.NONE, null, now, 0));
    }

    /** Completion tokens, drafts included. */
    int size() {
        return size;
    }

    /** Drafts: the last tokens, which the teacher has yet to judge. */
    int drafted() {
        return size - decided;
    }

    /** Prompt and completion tokens together. */
    int length() {
        return prompt.tokenIds().length + size;
    }

    /** Token {@code index} of prompt and completion together. */
    int tokenAt(int index) {
        int promptSize = prompt.tokenIds().length;
        return index < promptSize ? prompt.tokenIds()[index] : ids[index - promptSize];
    }

    int id(int position) {
        return ids[position];
    }

    int lastId() {
        return ids[size - 1];
    }

    /** Writes a token at the position of {@link #choice}. */
    void append(int id, Author author) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            argmax = Arrays.copyOf(argmax, 2 * size);
            confidence = Arrays.copyOf(confidence, 2 * size);
            difficulty = Arrays.copyOf(difficulty, 2 * size);
        }
        ids[size] = id;
        argmax[size] = choice.argmax;
        confidence[size] = choice.confidence;
        difficulty[size] = choice.difficulty;
        authors.add(author);
        teacher.add(null);
        size++;
        if (author == Author.STUDENT) {
            survival += Math.log1p(-choice.doubt);
        }
    }

    /** Everything written stands; returns how many tokens stood before. */
    int decide() {
        int before = decided;
        decided = size;
        return before;
    }

    Author author(int position) {
        return authors.get(position);
    }

    /** Discards the tokens from {@code position} on; the student's figures there are those of {@link #choice} again. */
    void cut(int position) {
        choice.argmax = argmax[position];
        choice.confidence = confidence[position];
        choice.difficulty = difficulty[position];
        authors.subList(position, size).clear();
        teacher.subList(position, size).clear();
        size = position;
        // the text of discarded drafts must not end the sequence
        stream = null;
        streamed = 0;
    }

    /** Discards the drafts. */
    void dropDrafts() {
        if (drafted() > 0) {
            cut(decided);
        }
    }

    /** Keeps a copy of what the draft that is written next was drawn from. */
    void keepLogits(float[] logits, int from, int count) {
        int at = drafted();
        if (at == draftLogits.length) {
            draftLogits = Arrays.copyOf(draftLogits, at + 1);
            draftLogits[at] = new float[count];
        }
        System.arraycopy(logits, from, draftLogits[at], 0, count);
    }

    float[][] draftLogits() {
        return draftLogits;
    }

    int[] drafts() {
        return Arrays.copyOfRange(ids, decided, size);
    }

    /**
     * Records laws whose last one belongs to position {@code last}; laws of positions that do not exist are ignored.
     */
    void learn(List<TeacherDistribution> laws, int last) {
        for (int i = 0; i < laws.size(); i++) {
            int position = last - laws.size() + 1 + i;
            if (position >= 0 && position < size) {
                teacher.set(position, laws.get(i));
            }
        }
    }

    /**
     * Judges the own text by what the teacher has said about it: where its law is known at every position so far, the
     * text is the teacher's or it is not, and nothing is left to estimate.
     */
    void certify() {
        // Nothing was estimated: no head, or no own token yet.
        if (survival == 0 || firstGap() < size) {
            return;
        }
        boolean lost = false;
        for (int position = 0; position < size && !lost; position++) {
            TeacherDistribution law = teacher.get(position);
            lost = law != null && authors.get(position) == Author.STUDENT && regret(law, ids[position]) > WORDING;
        }
        survival = lost ? LOST : 0;
    }

    /** Nats that the token loses against the teacher's best one; more than is ever looked at where it is not stored. */
    private static double regret(TeacherDistribution law, int id) {
        for (int k = 0; k < law.ids().length; k++) {
            if (law.ids()[k] == id) {
                return law.logProbabilities()[0] - law.logProbabilities()[k];
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** First position whose law of the teacher is not known; {@code size()} when all are. */
    int firstGap() {
        while (firstGap < size && teacher.get(firstGap) != null) {
            firstGap++;
        }
        return firstGap;
    }

    int[] completionIds() {
        return Arrays.copyOf(ids, size);
    }

    WrittenTokens written() {
        return new WrittenTokens(
                Arrays.copyOf(ids, decided),
                authors.subList(0, decided),
                Arrays.copyOf(argmax, decided),
                Arrays.copyOf(confidence, decided),
                Arrays.copyOf(difficulty, decided),
                teacher.subList(0, decided));
    }

    SequenceSnapshot snapshot() {
        return new SequenceSnapshot(prompt, version, written(), help.surviving(survival), stop, startedAt, resumed);
    }
}
