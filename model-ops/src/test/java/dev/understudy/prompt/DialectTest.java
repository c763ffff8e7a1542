package dev.understudy.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.engine.Engine;
import dev.understudy.token.VocabularyFingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DialectTest {
    private static final Dialect MINE = new Dialect(new VocabularyFingerprint("aa"), "bb", "cc");

    @Test
    void thoseWhoShareVocabularyAndTemplateUnderstandEachOther() {
        assertThat(new Dialect(new VocabularyFingerprint("aa"), "bb", "cc").objection(MINE))
                .isEmpty();
        assertThat(new Dialect(new VocabularyFingerprint("aa"), "bb", "cc").warning(MINE))
                .isEmpty();
    }

    @Test
    void anotherVocabularyOrTemplateIsNamedWithItsRemedy() {
        assertThat(new Dialect(new VocabularyFingerprint("a0"), "bb", "cc").objection(MINE))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("sha256 a0", "expected aa", "same tokenizer.json"));
        assertThat(new Dialect(new VocabularyFingerprint("aa"), "", "cc").objection(MINE))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("sha256 none", "expected bb", "same chat template"));
    }

    @Test
    void otherCutsOfTheSameTextAreAWarningThatNamesBoth() {
        Dialect other = new Dialect(new VocabularyFingerprint("aa"), "bb", "c0");
        assertThat(other.objection(MINE)).isEmpty();
        assertThat(other.warning(MINE))
                .hasValueSatisfying(text -> assertThat(text).contains("c0", "cc"));
    }

    @Test
    void aDirectoryIsReadWhole(@TempDir Path folder) throws IOException {
        Path fixture = Path.of(
                URI.create(Objects.requireNonNull(DialectTest.class.getResource("/fixtures/tokenizer_llama3style512"))
                        .toString()));
        for (String file : new String[] {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"}) {
            Files.copy(fixture.resolve(file), folder.resolve(file));
        }
        Dialect original = Dialect.read(Engine.installed(), fixture);
        assertThat(Dialect.read(Engine.installed(), folder)).isEqualTo(original);
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}");
        assertThat(Dialect.read(Engine.installed(), folder).objection(original)).isPresent();
    }
}
