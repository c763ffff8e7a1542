package dev.understudy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointManifestTest {
    static final Origin ORIGIN = new Origin(
            new CheckpointId("v1"),
            "needs 3.0 % less help",
            List.of(new OffsetRange("signals", 0, 5, 99)),
            Map.of("steps", "400", "batch", "16"),
            "0.1.0",
            Instant.parse("2026-01-02T03:04:05Z"));

    private final CheckpointManifest manifest = new CheckpointManifest(
            new CheckpointId("v2"),
            new Contents(
                    List.of(new CheckpointFile("model.safetensors", "0a".repeat(32), 12)),
                    "ab".repeat(32),
                    "",
                    List.of(new Probe(new int[] {1, 2}, new int[] {3, 4}, new float[] {-0.1234567f, -2.5f}))),
            ORIGIN);

    @Test
    void comesBackFromJsonAsItWas() {
        CheckpointManifest read = CheckpointManifest.fromJson(manifest.toJson());
        assertThat(read).usingRecursiveComparison().isEqualTo(manifest);
        assertThat(read.toJson()).isEqualTo(manifest.toJson());
    }

    @Test
    void theFirstCheckpointHasNoParent() {
        Origin first = new Origin(null, "first", List.of(), Map.of(), "0.1.0", ORIGIN.createdAt());
        CheckpointManifest root = new CheckpointManifest(manifest.id(), manifest.contents(), first);
        assertThat(CheckpointManifest.fromJson(root.toJson()).origin().parent()).isNull();
    }

    @Test
    void refusesAMissingField() {
        String json = manifest.toJson().replace("\"verdict\"", "\"opinion\"");
        assertThatThrownBy(() -> CheckpointManifest.fromJson(json))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("Missing creator property 'verdict'");
    }

    @Test
    void refusesAFileOutsideItsDirectory() {
        String json = manifest.toJson().replace("model.safetensors", "../model.safetensors");
        assertThatThrownBy(() -> CheckpointManifest.fromJson(json)).isInstanceOf(CheckpointRejectedException.class);
    }

    @Test
    void refusesAnotherFormat() {
        String json = manifest.toJson().replace("\"format\" : 1", "\"format\" : 2");
        assertThatThrownBy(() -> CheckpointManifest.fromJson(json))
                .hasMessageContaining("format 2; this build reads format 1");
    }

    @Test
    void anIdCanNeverNameAPath() {
        assertThatThrownBy(() -> new CheckpointId("../evil")).hasMessageContaining("Choose another id");
        assertThatThrownBy(() -> new CheckpointId("..")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new CheckpointId("v12.3_a-b").value()).isEqualTo("v12.3_a-b");
    }
}
