package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.Engine;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.Trainer;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and tokenizers written by the Hugging Face libraries, with the numbers those libraries computed. */
class FixtureTest {
    @Test
    void aModelSavedAgainKeepsItsEndToken(@TempDir Path folder) throws IOException {
        try (Trainer trainer = Engine.installed().trainer(Fixtures.directory("llama_tied_bf16"))) {
            trainer.saveModel(folder, Storage.BF16);
        }
        assertThat(Files.readString(folder.resolve("config.json"))).contains("\"eos_token_id\" : 2");
    }

    @Test
    void idsAndTextEqualTheTokenizersLibrary() {
        try (Tokenizer tokenizer = Engine.installed().tokenizer(Fixtures.directory("tokenizer_chatml512"))) {
            JsonNode encodings = Fixtures.golden("tokenizer_chatml512").path("encodings");
            assertThat(encodings).hasSizeGreaterThan(20);
            for (JsonNode encoding : encodings) {
                int[] ids = Fixtures.ints(encoding.path("ids"));
                assertThat(tokenizer.encode(encoding.path("text").asText())).isEqualTo(ids);
                assertThat(tokenizer.decode(ids))
                        .isEqualTo(encoding.path("decoded_skip_special").asText());
            }
            assertThat(tokenizer.vocabulary().size()).isEqualTo(512);
            assertThat(tokenizer.vocabulary().special("<|im_end|>")).hasValue(2);
        }
    }

    @Test
    void refusesAFolderWithoutATokenizer(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("tokenizer.json");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":0,\"b\":2}}}");
        assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("id 1 has no token");
    }
}
