package dev.understudy.flink.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.signal.InterventionRecorded;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterventionAvroTest {
    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_000L);

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

        assertThat(after).usingRecursiveComparison().isEqualTo(before);
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
        Intervention one = new Intervention(
                "p-1",
                "acme",
                "order-c1",
                new int[] {5},
                new int[] {8},
                List.of(Author.STUDENT),
                new int[] {8},
                new float[] {1f},
                new float[] {0f},
                Collections.singletonList(null),
                1,
                "v",
                "t",
                "ff",
                true);
        InterventionRecorded record = InterventionAvro.fromDomain(one, AT);
        record.setAuthors(ByteBuffer.wrap(new byte[2]));

        assertThatThrownBy(() -> InterventionAvro.toDomain(record))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("field authors has 2 entries, expected 1");
    }
}
