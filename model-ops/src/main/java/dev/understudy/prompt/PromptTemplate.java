package dev.understudy.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a caller's text becomes a model's prompt: the {@code chat_template} of a model's {@code tokenizer_config.json},
 * limited to one user message with fixed text before and after it. Anything that needs a template language is refused,
 * because a template that is rendered differently from training costs quality without a trace. Immutable.
 *
 * @param before text in front of the message; may hold special tokens
 * @param after text behind the message; may hold special tokens
 */
public record PromptTemplate(String before, String after) {
    private static final String FILE = "tokenizer_config.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MESSAGE = Pattern.compile(
            "\\{\\{-?\\s*messages\\[0\\]\\s*(?:\\[\\s*['\"]content['\"]\\s*\\]|\\.content)\\s*-?\\}\\}");

    /**
     * Reads a model directory; without a {@code chat_template} the message alone is the prompt.
     *
     * @throws IllegalArgumentException when the template asks for more than one message between fixed texts
     */
    public static PromptTemplate read(Path directory) {
        if (!Files.exists(directory.resolve(FILE))) {
            return new PromptTemplate("", "");
        }
        JsonNode config;
        try {
            config = JSON.readTree(directory.resolve(FILE).toFile());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + FILE + " of " + directory
                            + "; expected a JSON object. Copy it from the model's source.",
                    e);
        }
        JsonNode template = config.path("chat_template");
        if (template.isMissingNode() || template.isNull()) {
            return new PromptTemplate("", "");
        }
        if (!template.isTextual()) {
            throw new IllegalArgumentException("Cannot use the chat_template of " + directory + ": found "
                    + template.getNodeType() + ", expected one text. Name a single template.");
        }
        return parse(template.textValue());
    }

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException when it is not fixed text around {@code {{ messages[0]['content'] }}}
     */
    public static PromptTemplate parse(String template) {
        Matcher message = MESSAGE.matcher(template);
        if (message.find()) {
            String before = template.substring(0, message.start());
            String after = template.substring(message.end());
            if (isFixed(before) && isFixed(after)) {
                return new PromptTemplate(before, after);
            }
        }
        throw new IllegalArgumentException("Cannot use the chat template '" + template
                + "'; expected fixed text around {{ messages[0]['content'] }}. Write it in that form.");
    }

    private static boolean isFixed(String text) {
        return !text.contains("{{") && !text.contains("{%") && !text.contains("{#");
    }

    /** Token ids [P] of the rendered prompt. */
    public int[] render(Tokenizer tokenizer, String text) {
        return tokenizer.encode(before + text + after);
    }
}
