package dev.understudy.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
    @Test
    void rendersTheMessageBetweenItsFixedTexts() {
        PromptTemplate template = PromptTemplate.parse("<user>{{ messages[0]['content'] }}<sep>");
        assertThat(template.render(new CodePoints(), "hé"))
                .isEqualTo("<user>hé<sep>".codePoints().toArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{messages[0]['content']}}",
                "{{ messages[0][\"content\"] }}",
                "{{ messages[0].content }}",
                "{{- messages[0]['content'] -}}"
            })
    void knowsEachSpellingOfTheMessage(String template) {
        assertThat(PromptTemplate.parse(template)).isEqualTo(new PromptTemplate("", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for m in messages %}{{ m['content'] }}{% endfor %}",
                "{{ bos_token }}{{ messages[0]['content'] }}",
                "{{ messages[0]['content'] }}{{ messages[1]['content'] }}",
                "{{ messages[0]['content'] }}{# note #}",
                "{% if x %}{{ messages[0]['content'] }}",
                "no message"
            })
    void refusesWhatNeedsATemplateLanguage(String template) {
        assertThatThrownBy(() -> PromptTemplate.parse(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + template + "'")
                .hasMessageContaining("expected fixed text around {{ messages[0]['content'] }}");
    }

    @Test
    void readsTheTokenizersConfiguration(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        Files.writeString(file, "{\"chat_template\": \"{{ messages[0]['content'] }}!\"}");
        assertThat(PromptTemplate.read(folder)).isEqualTo(new PromptTemplate("", "!"));
        Files.writeString(file, "{\"eos_token\": \"x\"}");
        assertThat(PromptTemplate.read(folder)).isEqualTo(new PromptTemplate("", ""));
        Files.writeString(file, "{\"chat_template\": [1]}");
        assertThatThrownBy(() -> PromptTemplate.read(folder)).hasMessageContaining("Name a single template");
        Files.delete(file);
        assertThat(PromptTemplate.read(folder)).isEqualTo(new PromptTemplate("", ""));
        Files.writeString(file, "{");
        assertThatThrownBy(() -> PromptTemplate.read(folder)).hasMessageContaining("Cannot read tokenizer_config.json");
    }

    /** One id a code point. */
    private static final class CodePoints implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return text.codePoints().toArray();
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public Vocabulary vocabulary() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
