package dev.understudy.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model directory says about its chats. Where transformers looks, in its order: {@code chat_template.jinja},
 * then {@code chat_template} of {@code tokenizer_config.json}, one text or a list of named ones of which
 * {@code default} is taken.
 *
 * @param source text of the template; empty when there is none
 * @param specials names that a template may use, such as {@code bos_token}, with the token's text
 */
record TemplateFile(String source, Map<String, String> specials) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "tokenizer_config.json";
    private static final List<String> SPECIALS =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    TemplateFile {
        specials = Map.copyOf(specials);
    }

    /** @throws ModelRejectedException when a file cannot be read or a template is not a text */
    static TemplateFile read(Path directory) {
        JsonNode config = json(directory.resolve(CONFIG));
        JsonNode older = json(directory.resolve("special_tokens_map.json"));
        Map<String, String> specials = new HashMap<>();
        for (String name : SPECIALS) {
            JsonNode token = config.hasNonNull(name) ? config.path(name) : older.path(name);
            String text = token.isObject() ? token.path("content").asText("") : token.asText("");
            if (!text.isEmpty()) {
                specials.put(name, text);
            }
        }
        Path file = directory.resolve("chat_template.jinja");
        if (!Files.exists(file)) {
            return new TemplateFile(source(directory, config.path("chat_template")), specials);
        }
        try {
            return new TemplateFile(Files.readString(file), specials);
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": expected a chat template in UTF-8; copy it from the model's source.", e);
        }
    }

    private static String source(Path directory, JsonNode template) {
        if (template.isMissingNode() || template.isNull()) {
            return "";
        }
        JsonNode chosen = template;
        for (JsonNode named : template) {
            if (named.path("name").asText("").equals("default")) {
                chosen = named.path("template");
            }
        }
        if (!chosen.isTextual()) {
            throw new ModelRejectedException("Cannot use the chat_template in " + directory.resolve(CONFIG) + ": found "
                    + template.getNodeType()
                    + ", expected one text or a list with a template named default; name a single template.");
        }
        return chosen.textValue();
    }

    private static JsonNode json(Path file) {
        try {
            return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": expected a JSON object in UTF-8; copy it from the model's source.", e);
        }
    }
}
