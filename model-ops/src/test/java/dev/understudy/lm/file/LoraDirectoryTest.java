package dev.understudy.lm.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.Lora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraDirectoryTest {
    private static final ModelShape SHAPE = new ModelShape(8, 2, 4, 2, 4, 12, 13, 16, true, 200, 1e-5);
    private static final Lora LORA = new Lora(2, 5, EnumSet.of(Projection.KEY, Projection.DOWN));

    private final Path folder;

    LoraDirectoryTest(@TempDir Path folder) {
        this.folder = folder;
        List<LoraSlot> slots = LoraSlot.of(SHAPE, LORA);
        LoraDirectory.write(
                folder,
                LORA,
                "/models/base",
                slots,
                slots.stream().map(slot -> new float[2 * slot.columns()]).toList(),
                slots.stream().map(slot -> new float[2 * slot.rows()]).toList(),
                Map.of());
    }

    @Test
    void namesAndShapesAreThoseOfPeft() {
        LoraDirectory read = LoraDirectory.open(folder);
        assertThat(read.lora()).isEqualTo(LORA);
        assertThat(read.base()).isEqualTo("/models/base");
        SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
        assertThat(file.names())
                .hasSize(8)
                .contains(
                        "base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight",
                        "base_model.model.model.layers.1.mlp.down_proj.lora_B.weight");
        assertThat(file.read("base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight", 2, 8))
                .isNotNull();
        assertThat(file.read("base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight", 8, 2))
                .isNotNull();
        assertThat(file.read("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight", 2, 12))
                .isNotNull();
    }

    @Test
    void slotsKnowTheirRowsWithinTheFusedMatrices() {
        List<LoraSlot> slots = LoraSlot.of(SHAPE, new Lora(1, 1, EnumSet.allOf(Projection.class)));
        assertThat(slots)
                .startsWith(
                        new LoraSlot(0, 1, "model.layers.0.self_attn.q_proj", 0, 16, 8),
                        new LoraSlot(0, 1, "model.layers.0.self_attn.k_proj", 16, 8, 8),
                        new LoraSlot(0, 1, "model.layers.0.self_attn.v_proj", 24, 8, 8),
                        new LoraSlot(0, 5, "model.layers.0.self_attn.o_proj", 0, 8, 16),
                        new LoraSlot(0, 8, "model.layers.0.mlp.gate_proj", 0, 12, 8),
                        new LoraSlot(0, 8, "model.layers.0.mlp.up_proj", 12, 12, 8),
                        new LoraSlot(0, 10, "model.layers.0.mlp.down_proj", 0, 8, 12))
                .hasSize(14);
    }

    @ParameterizedTest
    @CsvSource({
        "peft_type, '\"IA3\"'",
        "bias, '\"all\"'",
        "use_dora, true",
        "fan_in_fan_out, true",
        "modules_to_save, '[\"lm_head\"]'",
        "rank_pattern, '{\"q_proj\":4}'",
        "target_modules, '[\"embed_tokens\"]'",
        "target_modules, '\".*proj\"'",
        "r, 0"
    })
    void whatWouldComputeSomethingElseIsRefusedInOneSentence(String field, String value) throws IOException {
        set(field, value);
        assertThatThrownBy(() -> LoraDirectory.open(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("adapter_config.json")
                .hasMessageContaining("expected");
    }

    @Test
    void aRankStabilisedAdapterHasItsOwnScale() throws IOException {
        set("use_rslora", "true");
        assertThat(LoraDirectory.open(folder).lora().scale()).isCloseTo(5 / Math.sqrt(2), within(1e-12));
    }

    @Test
    void aFolderWithoutAnAdapterIsRefused() {
        assertThatThrownBy(() -> LoraDirectory.open(folder.resolve("none")))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("adapter_config.json");
    }

    private void set(String field, String json) throws IOException {
        Path file = folder.resolve("adapter_config.json");
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode config = (ObjectNode) mapper.readTree(file.toFile());
        config.set(field, mapper.readTree(json));
        Files.writeString(file, config.toString());
    }
}
