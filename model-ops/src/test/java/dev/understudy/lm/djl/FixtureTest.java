package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Trainer;
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
}
