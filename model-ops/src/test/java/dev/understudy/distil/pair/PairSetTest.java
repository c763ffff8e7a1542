package dev.understudy.distil.pair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairSetTest {
    @Test
    void aPromptIsRenderedAndACompletionIsClosedByTheEndToken(@TempDir Path folder) {
        BytePairTrainer.train(List.of("ab"), 258).write(folder);
        PairFile file = new PairFile(
                folder.resolve("pairs.jsonl"),
                List.of(new PairFile.Text(1, "ab", "c"), new PairFile.Text(4, "abcdef", "gh")),
                List.of());
        try (Tokenizer tokenizer = Engine.installed().tokenizer(folder)) {
            int separator =
                    tokenizer.vocabulary().special(BytePairTrainer.SEPARATOR).orElseThrow();
            PairSet all = PairSet.encode(file, tokenizer, PromptTemplate.read(folder), 0, 9);
            assertThat(all.problems()).isEmpty();
            assertThat(all.pairs().get(0).prompt()).hasSize(3).endsWith(separator);
            assertThat(all.pairs().get(0).answer()).hasSize(2).endsWith(0);
            assertThat(all.answerTokens()).isEqualTo(5);

            PairSet narrow = PairSet.encode(file, tokenizer, PromptTemplate.read(folder), 0, 8);
            assertThat(narrow.pairs()).hasSize(1);
            assertThat(narrow.problems())
                    .singleElement()
                    .asString()
                    .contains("pairs.jsonl:4: found 9 tokens, expected at most 8");
        }
    }
}
