package dev.understudy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.distil.TrainingProgress;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.DemoModels.Recipe;
import dev.understudy.workload.IntakeStream.Share;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelsTest {
    private static final ModelShape TINY = new ModelShape(16, 1, 2, 2, 8, 24, 768, 192, true, 200, 1e-5);

    @Test
    void writesATokenizerThatKeepsEveryLineAndAModelWithItsCard(@TempDir Path folder) throws IOException {
        Path vocabulary = folder.resolve("tokenizer");
        DemoModels.writeTokenizer(vocabulary);
        try (Tokenizer tokenizer = Engine.installed().tokenizer(vocabulary)) {
            assertThat(tokenizer.vocabulary().size()).isEqualTo(DemoModels.VOCABULARY);
            IntakeStream stream = IntakeStream.uniform(2, Split.DEV);
            for (int i = 0; i < 200; i++) {
                Example example = stream.next();
                assertThat(tokenizer.decode(tokenizer.encode(example.prompt()))).isEqualTo(example.prompt());
                assertThat(tokenizer.encode(example.answer()).length)
                        .isLessThan(example.answer().length() / 2);
            }
        }
        List<TrainingProgress> reports = new ArrayList<>();
        DemoModels models =
                new DemoModels(Engine.installed(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), reports::add);
        Recipe recipe = new Recipe("trial", TINY, List.of(new Share(Workload.SHIP_C1, 1)), 16 * 60, 1e-2, 5);
        Path model = folder.resolve("model");
        models.train(recipe, vocabulary, model);
        assertThat(reports.get(reports.size() - 1).step()).isEqualTo(60);
        assertThat(reports.get(1).loss()).isLessThan(reports.get(0).loss());
        assertThat(model.resolve("config.json")).content().contains("\"eos_token_id\" : 0");
        assertThat(models.describe(model, List.of(recipe))).containsEntry("ship-c1", 0.0);
        assertThat(model.resolve("README.md")).content().contains("| ship-c1 | 0.0 % |", "960 examples", "ship-c1=1.0");
        models.train(recipe, vocabulary, model);
        assertThat(reports.get(reports.size() - 1).step())
                .as("a finished run has nothing left to do")
                .isEqualTo(60);
        Path refined = folder.resolve("refined");
        models.refine(recipe.withExamples(16 * 50), model, vocabulary, refined);
        assertThat(reports.get(reports.size() - 1).loss())
                .as("starts from what the first run reached")
                .isLessThan(reports.get(0).loss());
        models.describe(refined, List.of(recipe, recipe.withExamples(16 * 50)));
        assertThat(refined.resolve("README.md")).content().contains("stage 1: 960", "stage 2: 800");
    }
}
