package dev.understudy.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what transformers renders; {@code infra/python/make_template_goldens.py} wrote the file. */
class ChatTemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<JsonNode> goldens() throws IOException {
        try (InputStream file = ChatTemplateTest.class.getResourceAsStream("/golden/templates.json")) {
            List<JsonNode> cases = new ArrayList<>();
            JSON.readTree(Objects.requireNonNull(file)).forEach(cases::add);
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersWhatTransformersRenders(JsonNode golden) {
        Map<String, Object> names = JSON.convertValue(golden.path("names"), new TypeReference<>() {});
        String template = golden.path("template").asText();
        if (golden.has("raised")) {
            assertThatThrownBy(() -> new JinjaProgram(template).render(names))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining(golden.path("raised").asText());
        } else {
            JinjaProgram program = new JinjaProgram(template);
            String rendered = golden.path("rendered").asText();
            assertThat(program.render(names)).isEqualTo(rendered);
            assertThat(program.render(names)).as("again").isEqualTo(rendered);
        }
    }

    @Test
    void theGoldensAreMany() throws IOException {
        assertThat(goldens()).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
                "{% for m in [] %}{{ m }}{% else %}none{% endfor %}",
                "{% for m in messages recursive %}{{ m }}{% endfor %}",
                "{% raw %}{{ x }}{% endraw %}",
                "{{ messages[0]['content'] ",
                "{% if true %}{{ messages[0]['content'] }}",
                "{% nonsense %}",
                "{{ messages[0].content.title() }}",
                "{{ messages|nonsense }}",
                "{% if messages is nonsense %}x{% endif %}",
                "{{ loop.previtem }}{% for m in messages %}{{ loop.previtem }}{% endfor %}",
                "{{ nonsense() }}",
                "{{ 1 + }}"
            })
    void refusesWhatItWouldRenderOtherwise(String template, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        assertThatThrownBy(() -> PromptTemplate.read(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("Cannot use the chat template of " + folder)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.getClass() }}",
                "{{ ''.class.forName('java.lang.Runtime') }}",
                "{{ messages.getClass() }}",
                "{{ messages[0].entrySet() }}",
                "{{ messages.class }}",
                "{{ ____int3rpr3t3r____.getConfig() }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{% include 'fixtures/tokenizer_chatml512/golden.json' %}",
                "{% import 'fixtures/tokenizer_chatml512/golden.json' as x %}",
                "{% from 'fixtures/tokenizer_chatml512/golden.json' import x %}",
                "{% extends 'fixtures/tokenizer_chatml512/golden.json' %}",
                "{{ today() }}",
                "{{ unixtimestamp() }}",
                "{{ [1,2]|random }}"
            })
    void reachesNoClassFileOrClock(String template) {
        assertThatThrownBy(() -> PromptTemplate.of(template, Map.of()).text(List.of(ChatMessage.user("a"))))
                .isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(1000) %}{% for b in range(1000) %}{% set c = a %}{% endfor %}{% endfor %}",
                "{% for a in range(90000) %}{{ messages[0].content ~ messages[0].content }}{% endfor %}",
                "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
                "{% set ns = namespace(t='aaaaaaaa') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}"
            })
    void isBoundedInStepsDepthAndOutput(String template) {
        PromptTemplate hostile = PromptTemplate.of(template, Map.of());
        assertThatThrownBy(() -> hostile.text(List.of(ChatMessage.user("x".repeat(1000)))))
                .isInstanceOf(TemplateException.class);
    }

    @Test
    void deepNestingIsAnErrorAndNoOverflow(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("chat_template.jinja"), "{{ " + "not ".repeat(2_000) + "(".repeat(200_000) + " }}");
        assertThatThrownBy(() -> PromptTemplate.read(folder)).isInstanceOf(ModelRejectedException.class);
        String deep = "{% if true %}".repeat(20_000) + "x" + "{% endif %}".repeat(20_000);
        Files.writeString(folder.resolve("chat_template.jinja"), deep);
        assertThatThrownBy(() -> PromptTemplate.read(folder)).isInstanceOf(ModelRejectedException.class);
    }

    @Test
    void whatAUserWritesIsNeverATemplate() {
        PromptTemplate template =
                PromptTemplate.of("{% for m in messages %}[{{ m['content'] }}]{% endfor %}", Map.of());
        String text = "{{ 7*7 }}{% if true %}x{% endif %}{# y #}";
        assertThat(template.text(List.of(ChatMessage.user(text)))).isEqualTo("[" + text + "]");
    }

    @Test
    void theShortWayForFixedTextsRendersAsTheLongOne() {
        List<String> templates = List.of(
                "{{ messages[0]['content'] }}<sep>",
                "A {{- messages[0][\"content\"] -}}  B\n",
                "{# note #}\n\n A {{ messages[0].content }}\n\n",
                "{{messages[0].content}}");
        for (String template : templates) {
            String longer = template + "{% if false %}{% endif %}";
            List<ChatMessage> chat = List.of(ChatMessage.user(" é {{ x }}\n"));
            assertThat(PromptTemplate.of(template, Map.of()).text(chat))
                    .isEqualTo(new JinjaProgram(template)
                            .render(Map.of("messages", List.of(Map.of("role", "user", "content", " é {{ x }}\n")))));
            assertThat(PromptTemplate.of(longer, Map.of()).text(chat)).isNotEmpty();
        }
    }

    @Test
    void readsTheTemplateWhereTransformersKeepsIt(@TempDir Path folder) throws IOException {
        List<ChatMessage> chat = List.of(ChatMessage.user("m"));
        assertThat(PromptTemplate.read(folder)).isSameAs(PromptTemplate.NONE);
        assertThat(PromptTemplate.NONE.hash()).isEmpty();
        assertThat(PromptTemplate.NONE.text(chat)).isEqualTo("m");

        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": \"{{ messages[0]['content'] }}!\"}");
        assertThat(PromptTemplate.read(folder).text(chat)).isEqualTo("m!");
        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"no\"}, "
                        + "{\"name\": \"default\", \"template\": \"{{ bos_token }}{{ messages[0].content }}{{ eos_token }}\"}], "
                        + "\"bos_token\": {\"content\": \"<b>\"}}");
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"eos_token\": \"<e>\"}");
        assertThat(PromptTemplate.read(folder).text(chat)).isEqualTo("<b>m<e>");
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{{ messages[0].content }}{% if add_generation_prompt %}?{% endif %}");
        PromptTemplate template = PromptTemplate.read(folder);
        assertThat(template.text(chat)).isEqualTo("m?");
        assertThat(template.wholeText(chat)).isEqualTo("m");
        assertThat(template.hash()).hasSize(64);
    }

    @Test
    void refusesFilesThatHoldNoTemplate(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": [1]}");
        assertThatThrownBy(() -> PromptTemplate.read(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("name a single template");
        Files.writeString(config, "{");
        assertThatThrownBy(() -> PromptTemplate.read(folder)).hasMessageContaining("expected a JSON object in UTF-8");
        Files.delete(config);
        Files.write(folder.resolve("chat_template.jinja"), new byte[] {'a', (byte) 0xC3, 'b'});
        assertThatThrownBy(() -> PromptTemplate.read(folder)).hasMessageContaining("in UTF-8");
    }
}
