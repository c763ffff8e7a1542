package dev.understudy.flink.wire;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.signal.InterventionRecorded;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Interventions as they cross Kafka: per-token fields packed into bytes, floats little-endian. */
public final class InterventionAvro {
    private static final byte STUDENT = 0;
    private static final byte TEACHER = 1;
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private InterventionAvro() {}

    /** The record of {@code intervention}; figures that it does not carry stay empty. */
    public static InterventionRecorded fromDomain(Intervention intervention, Instant recordedAt) {
        List<Integer> topIds = new ArrayList<>();
        ByteBuffer laws = HalfLaws.buffer(intervention.teacher().stream()
                .mapToInt(law -> law == null ? 0 : HalfLaws.size(law.ids().length))
                .sum());
        byte[] counts = new byte[intervention.teacher().size()];
        for (int t = 0; t < counts.length; t++) {
            TeacherDistribution law = intervention.teacher().get(t);
            if (law == null) {
                continue;
            }
            counts[t] = count(law.ids().length);
            for (int id : law.ids()) {
                topIds.add(id);
            }
            HalfLaws.put(law, laws);
        }
        byte[] authors = new byte[intervention.authors().size()];
        for (int t = 0; t < authors.length; t++) {
            authors[t] = intervention.authors().get(t) == Author.STUDENT ? STUDENT : TEACHER;
        }
        return InterventionRecorded.newBuilder()
                .setPromptId(intervention.promptId())
                .setTenant(intervention.tenant())
                .setWorkload(intervention.workload())
                .setConsent(intervention.consent())
                .setPromptIds(list(intervention.promptIds()))
                .setTokenIds(list(intervention.tokenIds()))
                .setAuthors(ByteBuffer.wrap(authors))
                .setStudentArgmax(list(intervention.studentArgmax()))
                .setStudentConfidence(packed(intervention.studentConfidence()))
                .setDifficulty(difficulty(intervention))
                .setLookedCounts(ByteBuffer.wrap(counts))
                .setTopIds(topIds)
                .setTopLogProbabilities(NONE)
                .setLawHalves(laws.flip())
                .setPropensity(intervention.propensity())
                .setStudentVersion(intervention.studentVersion())
                .setTeacherVersion(intervention.teacherVersion())
                .setVocabularyFingerprint(intervention.vocabulary())
                .setRecordedAt(recordedAt)
                .build();
    }

    /**
     * The intervention in {@code record}.
     *
     * @throws IllegalArgumentException when two per-token fields disagree about the number of tokens
     */
    public static Intervention toDomain(InterventionRecorded record) {
        int[] tokenIds = array(record.getTokenIds());
        byte[] authors = bytes(record.getAuthors());
        byte[] counts = bytes(record.getLookedCounts());
        int[] argmax = array(record.getStudentArgmax());
        float[] confidence = floats(record.getStudentConfidence());
        float[] difficulty =
                record.getDifficulty().hasRemaining() ? floats(record.getDifficulty()) : complement(confidence);
        int[] topIds = array(record.getTopIds());
        requireLength(record, "authors", authors.length, tokenIds.length);
        requireLength(record, "lookedCounts", counts.length, tokenIds.length);
        requireLength(record, "studentArgmax", argmax.length, tokenIds.length);
        requireLength(record, "studentConfidence", confidence.length, tokenIds.length);
        requireLength(record, "difficulty", difficulty.length, tokenIds.length);
        return new Intervention(
                record.getPromptId(),
                record.getTenant(),
                record.getWorkload(),
                array(record.getPromptIds()),
                tokenIds,
                authors(authors),
                argmax,
                confidence,
                difficulty,
                laws(record, counts, topIds),
                record.getPropensity(),
                record.getStudentVersion(),
                record.getTeacherVersion(),
                record.getVocabularyFingerprint(),
                record.getConsent());
    }

    private static List<@Nullable TeacherDistribution> laws(InterventionRecorded record, byte[] counts, int[] topIds) {
        int stored = 0;
        int looked = 0;
        for (byte packed : counts) {
            stored += Byte.toUnsignedInt(packed);
            looked += packed == 0 ? 0 : 1;
        }
        requireLength(record, "topIds", topIds.length, stored);
        ByteBuffer halves = record.getLawHalves().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        float[] whole = floats(record.getTopLogProbabilities());
        boolean packedAsHalves = halves.hasRemaining();
        if (packedAsHalves) {
            requireLength(record, "lawHalves", halves.remaining(), Short.BYTES * (stored + looked));
        } else {
            requireLength(record, "topLogProbabilities", whole.length, stored);
        }
        List<@Nullable TeacherDistribution> laws = new ArrayList<>(counts.length);
        int from = 0;
        for (byte packed : counts) {
            int to = from + Byte.toUnsignedInt(packed);
            if (to == from) {
                laws.add(null);
                continue;
            }
            int[] ids = Arrays.copyOfRange(topIds, from, to);
            laws.add(
                    packedAsHalves
                            ? HalfLaws.next(ids, halves)
                            : new TeacherDistribution(ids, Arrays.copyOfRange(whole, from, to)));
            from = to;
        }
        return laws;
    }

    private static void requireLength(InterventionRecorded record, String field, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException("Cannot read intervention of prompt " + record.getPromptId() + ": field "
                    + field + " has " + found + " entries, expected " + expected + ". Check the writer's version.");
        }
    }

    /** Memory (2) counts as the teacher's word: it is a stored distribution of the teacher. */
    private static List<Author> authors(byte[] packed) {
        List<Author> authors = new ArrayList<>(packed.length);
        for (byte author : packed) {
            authors.add(author == STUDENT ? Author.STUDENT : Author.TEACHER);
        }
        return authors;
    }

    private static byte count(int alternatives) {
        if (alternatives > 255) {
            throw new IllegalArgumentException(
                    "[BUG] " + alternatives + " stored alternatives a position; at most 255");
        }
        return (byte) alternatives;
    }

    /** Left out where it says nothing new: policy confidence is the usual one. */
    private static ByteBuffer difficulty(Intervention intervention) {
        float[] difficulty = intervention.difficulty();
        return Arrays.equals(difficulty, complement(intervention.studentConfidence())) ? floats(0) : packed(difficulty);
    }

    private static float[] complement(float[] confidence) {
        float[] difficulty = new float[confidence.length];
        for (int t = 0; t < difficulty.length; t++) {
            difficulty[t] = 1 - confidence[t];
        }
        return difficulty;
    }

    private static ByteBuffer packed(float[] values) {
        ByteBuffer packed = floats(values.length);
        for (float value : values) {
            packed.putFloat(value);
        }
        return packed.flip();
    }

    private static ByteBuffer floats(int count) {
        return ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(ByteBuffer packed) {
        float[] values = new float[packed.remaining() / Float.BYTES];
        packed.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static byte[] bytes(ByteBuffer packed) {
        byte[] values = new byte[packed.remaining()];
        packed.duplicate().get(values);
        return values;
    }

    private static List<Integer> list(int[] ids) {
        List<Integer> list = new ArrayList<>(ids.length);
        for (int id : ids) {
            list.add(id);
        }
        return list;
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
