package dev.understudy.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainerTest {
    private final Path folder;

    BytePairTrainerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void mergesTheMostFrequentPairAndBreaksTiesByTheLowestIds() throws IOException {
        // ab: 3, bc: 2, cb: 1 -> "ab"; then ab+c: 2 is alone with two
        BytePairTrainer.train(List.of("abc", "abc", "ab"), 260).write(folder);
        assertThat(merges()).containsExactly("a b", "ab c");
        BytePairTrainer.train(List.of("zy", "zy", "ab", "ab"), 259).write(folder);
        assertThat(merges()).containsExactly("a b");
    }

    @Test
    void keepsDigitsCapitalsAndBarsAlone() throws IOException {
        BytePairTrainer trainer = BytePairTrainer.train(List.of("AB12|34", "AB12|34", "AB12|34"), 300);
        trainer.write(folder);
        assertThat(merges()).isEmpty();
        assertThat(trainer.vocabularySize()).isEqualTo(258);
    }

    @Test
    void givesSpecialTokensTheFirstIdsAndNumbersEveryTokenOnce() throws IOException {
        BytePairTrainer trainer = BytePairTrainer.train(List.of("grüße grüße €€ aabc aabc", "bcaa bcaa"), 280);
        trainer.write(folder);
        JsonNode vocabulary = json("tokenizer.json").path("model").path("vocab");
        List<Integer> ids = new ArrayList<>();
        vocabulary.forEach(id -> ids.add(id.intValue()));
        assertThat(ids).hasSize(trainer.vocabularySize()).isSorted().doesNotHaveDuplicates();
        assertThat(vocabulary.path("<eos>").intValue()).isZero();
        assertThat(vocabulary.path("<sep>").intValue()).isEqualTo(1);
        assertThat(vocabulary.path("Ġ").intValue()).isGreaterThan(1);
        assertThat(json("tokenizer_config.json").path("eos_token").textValue()).isEqualTo("<eos>");
    }

    @Test
    void writesTheSameBytesEachTime() throws IOException {
        List<String> texts = List.of("the gasket, the filter", "the bearing and the filter");
        BytePairTrainer.train(texts, 275).write(folder.resolve("a"));
        BytePairTrainer.train(texts, 275).write(folder.resolve("b"));
        assertThat(folder.resolve("a/tokenizer.json")).hasSameBinaryContentAs(folder.resolve("b/tokenizer.json"));
    }

    @Test
    void refusesAVocabularyThatCannotHoldTheBytes() {
        assertThatThrownBy(() -> BytePairTrainer.train(List.of(), 257)).hasMessageContaining("at least 258");
    }

    @Test
    void saysWhereItCouldNotWrite() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        BytePairTrainer trainer = BytePairTrainer.train(List.of(), 258);
        assertThatThrownBy(() -> trainer.write(file)).hasMessageContaining("Cannot write the tokenizer to");
    }

    private List<String> merges() throws IOException {
        List<String> merges = new ArrayList<>();
        json("tokenizer.json").path("model").path("merges").forEach(merge -> merges.add(merge.textValue()));
        return merges;
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(file).toFile());
    }
}
