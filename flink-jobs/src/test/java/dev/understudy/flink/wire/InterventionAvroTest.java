package dev.understudy.flink.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.PackedFloats;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.signal.InterventionRecorded;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterventionAvroTest {
    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final Comparator<Float> WITHIN_HALF_PRECISION =
            (a, b) -> Math.abs(a - b) < 0.002 ? 0 : Float.compare(a, b);

    @Test
    void anInterventionSurvivesTheWire() throws Exception {
        Intervention before = new Intervention(
                "p-1",
                "acme",
                "order-c1",
                new int[] {5, 6, 7},
                new int[] {8, 9, 0},
                List.of(Author.STUDENT, Author.TEACHER, Author.STUDENT),
                new int[] {8, 4, 0},
                new float[] {0.9f, 0.25f, 1f},
                new float[] {0.25f, 0.5f, 0.125f},
                Arrays.asList(
                        null,
                        new TeacherDistribution(new int[] {9, 4}, new float[] {-0.1f, -3f}),
                        new TeacherDistribution(new int[] {0}, new float[] {0f})),
                0.05,
                "r0001-a",
                "teacher-1",
                "ff00",
                true);
        WireCodec<InterventionRecorded> codec = WireCodec.of(InterventionRecorded.class);

        Intervention after =
                InterventionAvro.toDomain(codec.decode(codec.encode(InterventionAvro.fromDomain(before, AT))));

        assertThat(after)
                .usingRecursiveComparison()
                .withComparatorForType(WITHIN_HALF_PRECISION, Float.class)
                .isEqualTo(before);
    }

    @Test
    void lawsLoseLessThanAMillionthOfANatOnTheWire() {
        SplittableRandom random = new SplittableRandom(11);
        double worst = 0;
        for (int law = 0; law < 2000; law++) {
            // From almost certain to almost uniform.
            double sharpness = Math.pow(10, 2 - 4 * random.nextDouble());
            double[] exact = law(random, 9, sharpness);
            worst = Math.max(worst, divergence(exact, throughTheWire(exact)));
        }
        // 11 bits of a logarithm that is near 0 where it matters: measured 4e-7.
        assertThat(worst).isLessThan(1e-6);
    }

    @Test
    void theTailOfACertainTeacherIsKept() {
        double tail = 1e-9;

        double[] after = throughTheWire(new double[] {1 - tail, 0, tail});

        assertThat(after[1]).isZero();
        assertThat(after[2]).isCloseTo(tail, withinPercentage(2));
    }

    @Test
    void recordsWithSinglePrecisionAreStillRead() {
        InterventionRecorded old = InterventionAvro.fromDomain(oneLaw(-0.25f, -2f), AT);
        old.setLawHalves(ByteBuffer.allocate(0));
        old.setTopLogProbabilities(PackedFloats.pack(new float[] {-0.3f, -2.1f}));

        TeacherDistribution law = InterventionAvro.toDomain(old).teacher().get(0);

        assertThat(law).isNotNull();
        assertThat(law.logProbabilities()).containsExactly(-0.3f, -2.1f);
    }

    /** Masses, the last one that of the tail, in descending order but for it. */
    private static double[] law(SplittableRandom random, int masses, double sharpness) {
        double[] law = new double[masses];
        double sum = 0;
        for (int i = 0; i < masses; i++) {
            law[i] = Math.exp(sharpness * Math.log(random.nextDouble(1e-6, 1)));
            sum += law[i];
        }
        for (int i = 0; i < masses; i++) {
            law[i] /= sum;
        }
        return law;
    }

    private static double[] throughTheWire(double[] exact) {
        float[] logs = new float[exact.length - 1];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(exact[i]);
        }
        TeacherDistribution law = InterventionAvro.toDomain(InterventionAvro.fromDomain(oneLaw(logs), AT))
                .teacher()
                .get(0);
        assertThat(law).isNotNull();
        double[] after = new double[exact.length];
        for (int i = 0; i < logs.length; i++) {
            after[i] = Math.exp(law.logProbabilities()[i]);
        }
        after[logs.length] = law.tailMass();
        return after;
    }

    private static double divergence(double[] of, double[] from) {
        double nats = 0;
        for (int i = 0; i < of.length; i++) {
            // Below a float's own rounding of 1 the tail is unknown on either side of the wire.
            if (of[i] > 1e-6) {
                nats += of[i] * Math.log(of[i] / from[i]);
            }
        }
        return nats;
    }

    private static Intervention oneLaw(float... logProbabilities) {
        int[] ids = new int[logProbabilities.length];
        Arrays.setAll(ids, i -> i);
        return oneToken(List.of(new TeacherDistribution(ids, logProbabilities)));
    }

    private static Intervention oneToken(List<@Nullable TeacherDistribution> laws) {
        return new Intervention(
                "p-1",
                "acme",
                "order-c1",
                new int[] {5},
                new int[] {8},
                List.of(Author.STUDENT),
                new int[] {8},
                new float[] {1f},
                new float[] {0f},
                laws,
                1,
                "v",
                "t",
                "ff",
                true);
    }

    @Test
    void aStoredDistributionTakesLessThan120Bytes() throws Exception {
        int positions = 25;
        int[] ids = new int[positions];
        Arrays.fill(ids, 700);
        float[] confidence = new float[positions];
        TeacherDistribution law = new TeacherDistribution(
                new int[] {700, 701, 702, 703, 704, 705, 706, 707}, new float[] {-1, -2, -3, -4, -5, -6, -7, -8});
        Intervention whole = new Intervention(
                "prompt-000001",
                "acme",
                "order-c1",
                new int[30],
                ids,
                Collections.nCopies(positions, Author.TEACHER),
                ids,
                confidence,
                confidence,
                new ArrayList<>(Collections.nCopies(positions, law)),
                1,
                "r0001-193a5c2f4d1",
                "teacher-1",
                "0".repeat(64),
                true);

        byte[] bytes = WireCodec.of(InterventionRecorded.class).encode(InterventionAvro.fromDomain(whole, AT));

        assertThat(bytes.length / (double) positions).isLessThan(120);
    }

    @Test
    void refusesFieldsThatDisagreeAboutTheLength() {
        Intervention one = oneToken(Collections.singletonList(null));
        InterventionRecorded record = InterventionAvro.fromDomain(one, AT);
        record.setAuthors(ByteBuffer.wrap(new byte[2]));

        assertThatThrownBy(() -> InterventionAvro.toDomain(record))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("field authors has 2 entries, expected 1");
    }
}
