package dev.understudy.flink.distil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.OffsetRange;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RoundPlanTest {
    @Test
    void survivesARestart() throws IOException {
        RoundPlan plan = new RoundPlan(
                7,
                RoundPlan.candidateId(7, Instant.ofEpochMilli(255)),
                new CheckpointId("r0006-a"),
                240,
                List.of(new OffsetRange("signals", 1, 10, 20)));
        DataOutputSerializer out = new DataOutputSerializer(64);
        plan.writeTo(out);

        assertThat(RoundPlan.readFrom(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(plan);
    }

    @Test
    void aCandidateTellsItsRound() {
        assertThat(RoundPlan.candidateId(7, Instant.ofEpochMilli(255)).value()).isEqualTo("r0007-ff");
        assertThat(RoundPlan.roundOf("r0007-ff")).isEqualTo(7);
        assertThat(RoundPlan.roundOf("imported")).isEqualTo(-1);
    }

    @Test
    void rangesOfAPartitionGrowTogether() {
        TrainedOffsets offsets = new TrainedOffsets();
        offsets.add("signals", 1, 15);
        offsets.add("signals", 0, 3);
        offsets.add("signals", 1, 11);

        assertThat(offsets.ranges())
                .containsExactly(new OffsetRange("signals", 0, 3, 4), new OffsetRange("signals", 1, 11, 16));
    }
}
