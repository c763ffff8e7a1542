package dev.understudy.flink.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointFile;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.OffsetRange;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probe;
import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.gate.GateRule;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.gate.GateJudged;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestAvroTest {
    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_000L);

    @Test
    void anAnnouncementSaysWhatTheManifestSays() throws Exception {
        CheckpointManifest manifest = new CheckpointManifest(
                new CheckpointId("r0002-b"),
                new Contents(
                        List.of(new CheckpointFile("model.safetensors", "ab".repeat(32), 1234)),
                        "ff".repeat(32),
                        "",
                        List.of(new Probe(new int[] {1, 2}, new int[] {3, 4}, new float[] {-0.5f, -2f}))),
                new Origin(
                        new CheckpointId("r0001-a"),
                        "accepted",
                        List.of(new OffsetRange("signals", 3, 10, 20)),
                        Map.of("distil.steps", "400"),
                        "understudy 0.1.0",
                        AT));
        WireCodec<CheckpointPublished> codec = WireCodec.of(CheckpointPublished.class);

        CheckpointPublished announced =
                codec.decode(codec.encode(ManifestAvro.fromDomain(manifest, URI.create("file:///store/r0002-b/"))));

        assertThat(announced.getUri()).isEqualTo("file:///store/r0002-b/");
        assertThat(ManifestAvro.toDomain(announced).toJson()).isEqualTo(manifest.toJson());
    }

    @Test
    void theFirstCheckpointHasNoParent() {
        CheckpointManifest manifest = new CheckpointManifest(
                new CheckpointId("r0001-a"),
                new Contents(List.of(), "ff", "", List.of()),
                new Origin(null, "accepted", List.of(), Map.of(), "understudy 0.1.0", AT));

        CheckpointPublished announced = ManifestAvro.fromDomain(manifest, URI.create("file:///store/r0001-a/"));

        assertThat(announced.getParent()).isNull();
        assertThat(ManifestAvro.toDomain(announced).origin().parent()).isNull();
    }

    @Test
    void aVerdictCarriesEveryRuleWithItsFigures() {
        RoundJudgement judgement = new RoundJudgement(
                new CheckpointId("r0003-c"),
                new CheckpointId("r0001-a"),
                3,
                false,
                List.of("HELP_NEEDED: log-c2 needs 41 points more"),
                List.of(new RuleOutcome(GateRule.HELP_NEEDED, 0.02, 0.41, false, "log-c2 needs 41 points more")),
                240,
                400,
                AT);

        GateJudged verdict = DistilRecords.toAvro(judgement);

        assertThat(verdict.getRound()).isEqualTo(3);
        assertThat(verdict.getAccepted()).isFalse();
        assertThat(verdict.getReasons()).containsExactly("HELP_NEEDED: log-c2 needs 41 points more");
        assertThat(verdict.getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getName()).isEqualTo("HELP_NEEDED");
            assertThat(rule.getBound()).isEqualTo(0.02);
            assertThat(rule.getValue()).isEqualTo(0.41);
            assertThat(rule.getPassed()).isFalse();
        });
    }
}
