package dev.understudy.lm.djl;

import static dev.understudy.lm.djl.Fixtures.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.ChatMessage;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.TemplateException;
import dev.understudy.token.TextStream;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers and chats of the Hugging Face libraries, with the ids and texts that those libraries gave. */
class TokenizerFixtureTest {
    private static final Path STUDENT = Path.of("..", "infra", "models", "student");

    private static Tokenizer tokenizer(String name) {
        return Engine.installed().tokenizer(Fixtures.directory(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_chatml512", "tokenizer_llama3style512"})
    void idsAndTextEqualTheTokenizersLibrary(String name) {
        try (Tokenizer tokenizer = tokenizer(name)) {
            JsonNode encodings = Fixtures.golden(name).path("encodings");
            assertThat(encodings).hasSize(22);
            for (JsonNode encoding : encodings) {
                String text = encoding.path("text").asText();
                int[] ids = ints(encoding.path("ids"));
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
                assertThat(tokenizer.encodeWithSpecials(text))
                        .as(text)
                        .isEqualTo(ints(encoding.path("ids_with_special")));
                assertThat(tokenizer.decode(ids))
                        .isEqualTo(encoding.path("decoded_skip_special").asText());
                assertThat(tokenizer.decodeWithSpecials(ids))
                        .isEqualTo(encoding.path("decoded").asText());
                for (int i = 0; i < ids.length; i++) {
                    assertThat(tokenizer.vocabulary().tokens().get(ids[i]))
                            .isEqualTo(encoding.path("tokens").path(i).asText());
                }
            }
            JsonNode prefixes = Fixtures.golden(name).path("prefix_decodes");
            int[] ids = ints(prefixes.path("ids"));
            for (int i = 0; i < ids.length; i++) {
                assertThat(tokenizer.decode(Arrays.copyOf(ids, i + 1)))
                        .isEqualTo(prefixes.path("decoded").path(i).asText());
            }
            assertThat(tokenizer.vocabulary().size()).isEqualTo(512);
            assertThat(tokenizer.vocabulary().special("<|im_end|>")).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_chatml512", "tokenizer_llama3style512"})
    void chatsRenderAndEncodeAsInTransformers(String name) {
        PromptTemplate template = PromptTemplate.read(Fixtures.directory(name));
        try (Tokenizer tokenizer = tokenizer(name)) {
            JsonNode chats = Fixtures.golden(name).path("chat");
            assertThat(chats).hasSize(4);
            for (JsonNode golden : chats) {
                List<ChatMessage> chat = chat(golden.path("messages"));
                boolean opened = golden.path("add_generation_prompt").asBoolean();
                String text = opened ? template.text(chat) : template.wholeText(chat);
                assertThat(text).isEqualTo(golden.path("rendered").asText());
                assertThat(tokenizer.encode(text)).isEqualTo(ints(golden.path("ids")));
            }
            for (JsonNode golden : Fixtures.golden(name).path("chat_errors")) {
                assertThatThrownBy(() -> template.text(chat(golden.path("messages"))))
                        .isInstanceOf(TemplateException.class)
                        .hasMessageContaining(golden.path("error").asText());
            }
        }
    }

    private static List<ChatMessage> chat(JsonNode messages) {
        List<ChatMessage> chat = new ArrayList<>();
        messages.forEach(message -> chat.add(new ChatMessage(
                message.path("role").asText(), message.path("content").asText())));
        return chat;
    }

    @Test
    void textInGivesTheGoldenPromptIds() {
        JsonNode golden = Fixtures.golden("chatml_text_bf16");
        try (Tokenizer tokenizer = tokenizer("chatml_text_bf16")) {
            for (int i = 0; i < golden.path("texts").size(); i++) {
                JsonNode text = golden.path("texts").path(i);
                JsonNode prompt = golden.path("prompts").path(i);
                assertThat(tokenizer.encodeWithSpecials(text.path("prompt").asText()))
                        .isEqualTo(ints(prompt.path("ids")));
                assertThat(tokenizer.decodeWithSpecials(
                                ints(prompt.path("greedy").path("ids"))))
                        .isEqualTo(text.path("completion").asText());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_chatml512", "tokenizer_llama3style512"})
    void whatAUserWritesNeverBecomesASpecialToken(String name) {
        PromptTemplate template = PromptTemplate.read(Fixtures.directory(name));
        try (Tokenizer tokenizer = tokenizer(name)) {
            List<String> specials =
                    List.copyOf(tokenizer.vocabulary().specials().keySet());
            long seed = 41;
            SplittableRandom random = new SplittableRandom(seed);
            List<String> pieces = new ArrayList<>(List.of(
                    "a", " ", "<", "|", "im_", "end|>", "\n", "é", "😀", "世", "\uFDD0", "<|im_<|im_end|>end|>", "<pa"));
            pieces.addAll(specials);
            for (int round = 0; round < 300; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(1, 9); i > 0; i--) {
                    text.append(pieces.get(random.nextInt(pieces.size())));
                }
                int[] quoted = tokenizer.encode(tokenizer.quote(text.toString()));
                assertThat(special(tokenizer, quoted))
                        .as("seed %d: %s", seed, text)
                        .isEmpty();
                assertThat(tokenizer.decode(quoted))
                        .as("seed %d", seed)
                        .isEqualTo(text.toString().replace('\uFDD0', '\uFFFD'));
                int[] prompt = template.render(tokenizer, "x" + text + "y");
                int[] harmless = template.render(tokenizer, "xzy");
                assertThat(special(tokenizer, prompt))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(special(tokenizer, harmless));
            }
            // a text without such names is encoded as it always was
            assertThat(template.render(tokenizer, "Why été? 😀"))
                    .isEqualTo(tokenizer.encode(template.text(List.of(ChatMessage.user("Why été? 😀")))));
        }
    }

    @Test
    void theStudentOfTheDemoCannotBeTricked() {
        PromptTemplate template = PromptTemplate.read(STUDENT);
        try (Tokenizer tokenizer = Engine.installed().tokenizer(STUDENT)) {
            int separator = tokenizer.vocabulary().special("<sep>").orElseThrow();
            int[] ids = template.render(tokenizer, "order<sep> 2 x<eos>");
            assertThat(special(tokenizer, ids)).containsExactly(separator);
            assertThat(ids[ids.length - 1]).isEqualTo(separator);
            assertThat(tokenizer.decode(ids)).isEqualTo("order<sep> 2 x<eos>");
        }
    }

    private static List<Integer> special(Tokenizer tokenizer, int[] ids) {
        return IntStream.of(ids)
                .filter(tokenizer.vocabulary().specials()::containsValue)
                .boxed()
                .toList();
    }

    @Test
    void aMergeThatSpellsASpecialTokenDoesNotMakeOne(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"added_tokens\":[{\"id\":3,\"content\":\"ab\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                        + "\"normalized\":false,\"special\":true}],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,"
                        + "\"c\":2,\"ab\":3},\"merges\":[\"a b\"]}}");
        try (Tokenizer tokenizer = Engine.installed().tokenizer(folder)) {
            assertThat(tokenizer.encode("cab")).containsExactly(2, 3);
            assertThat(tokenizer.encode(tokenizer.quote("cab") + "ab")).containsExactly(2, 0, 1, 3);
        }
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"added_tokens\":[{\"id\":2,\"content\":\"c\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                        + "\"normalized\":false,\"special\":true}],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,"
                        + "\"c\":2},\"merges\":[]}}");
        try (Tokenizer oneCharacter = Engine.installed().tokenizer(folder)) {
            assertThat(oneCharacter.encode("ca" + oneCharacter.quote("c\uFDD0ac") + "c"))
                    .containsExactly(2, 0, 0, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_chatml512", "tokenizer_llama3style512"})
    void aStreamNeverEmitsHalfACharacter(String name) {
        try (Tokenizer tokenizer = tokenizer(name)) {
            for (JsonNode encoding : Fixtures.golden(name).path("encodings")) {
                int[] ids = ints(encoding.path("ids"));
                String whole = tokenizer.decode(ids);
                for (int split = 0; split <= ids.length; split++) {
                    // what the first ids say, and then the rest: a stream may be read from any place on
                    TextStream stream = new TextStream(tokenizer);
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < split; i++) {
                        String piece = stream.add(ids[i]);
                        assertThat(piece).doesNotContain("\uFFFD");
                        assertThat(whole).startsWith(text.append(piece));
                    }
                    assertThat(text).hasToString(stream.text());
                    assertThat(text + stream.end()).isEqualTo(tokenizer.decode(Arrays.copyOf(ids, split)));
                }
            }
        }
    }

    @Test
    void bytesThatAreNoTextComeOutInTheEnd() {
        try (Tokenizer tokenizer = tokenizer("tokenizer_chatml512")) {
            int[] emoji = ints(Fixtures.golden("tokenizer_chatml512")
                    .path("prefix_decodes")
                    .path("ids"));
            TextStream stream = new TextStream(tokenizer);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                text.append(stream.add(emoji[0]));
            }
            text.append(stream.add(tokenizer.encode("x")[0])).append(stream.add(emoji[0]));
            assertThat(text + stream.end()).isEqualTo("\uFFFD".repeat(10) + "x" + "\uFFFD");
        }
    }

    @Test
    void nativeCodeSurvivesTextsAndIdsThatMeanNothing() {
        try (Tokenizer tokenizer = tokenizer("tokenizer_llama3style512")) {
            assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDE00\uD83D")))
                    .isEqualTo("a\uFFFDb\uFFFD\uFFFD");
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.decode(new int[] {600, 511, Integer.MAX_VALUE, -1, 100}))
                    .isNotNull();
            assertThat(tokenizer.decode(new int[0])).isEmpty();
        }
    }

    @Test
    void refusesAFolderWithoutATokenizer(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("tokenizer.json");
        List<String> broken = List.of(
                "{\"model\":{\"vocab\":{\"a\":0,\"b\":2}}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}",
                "{\"model\":{\"type\":\"Nonsense\",\"vocab\":{\"a\":0}}}",
                "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\",\"invert\":false},"
                        + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}",
                "{\"model\":{}}",
                "[]",
                "{",
                "");
        for (String json : broken) {
            Files.writeString(folder.resolve("tokenizer.json"), json);
            assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                    .as(json)
                    .isInstanceOf(ModelRejectedException.class)
                    .hasMessageContaining("tokenizer.json")
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void rulesTellTokenizersApartThatShareAVocabulary(@TempDir Path folder) throws IOException {
        Path original = Fixtures.directory("tokenizer_llama3style512").resolve("tokenizer.json");
        Files.writeString(
                folder.resolve("tokenizer.json"), Files.readString(original).replace("NFC", "NFKC"));
        try (Tokenizer one = tokenizer("tokenizer_llama3style512");
                Tokenizer other = Engine.installed().tokenizer(folder)) {
            assertThat(other.vocabulary().fingerprint())
                    .isEqualTo(one.vocabulary().fingerprint());
            assertThat(other.rules()).hasSize(64).isNotEqualTo(one.rules());
        }
    }
}
