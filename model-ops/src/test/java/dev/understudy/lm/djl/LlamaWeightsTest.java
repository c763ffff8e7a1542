package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.file.ModelDirectory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LlamaWeightsTest {
    @Test
    void aJavaHeapTooSmallForABlockIsOneSentenceWithTheRemedy() {
        ModelDirectory model = new ModelDirectory(Path.of("src/test/resources/fixtures/llama_untied_f32"));
        List<float[]> blocks = LlamaWeights.read(model, tensor -> {
            throw new OutOfMemoryError("Java heap space");
        });

        assertThatThrownBy(() -> blocks.get(0))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContainingAll(
                        "Cannot read model.embed_tokens.weight",
                        "found a Java heap of",
                        "needed at least twice",
                        "-Xmx")
                .hasMessageNotContaining("\n");
    }
}
