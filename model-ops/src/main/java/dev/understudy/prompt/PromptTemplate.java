package dev.understudy.prompt;

import dev.understudy.lm.ModelRejectedException;
import dev.understudy.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a chat becomes a model's prompt: the chat template of a model directory, rendered as transformers renders it.
 * What people wrote stays text: a special token's name in a message never becomes the token. Immutable and thread safe.
 */
public final class PromptTemplate {
    private static final Pattern MESSAGE = Pattern.compile(
            "(.*?)\\{\\{ " + TemplateText.PRINT
                    + "\\(messages\\[0\\](?:\\[\\s*['\"]content['\"]\\s*\\]|\\.content)\\) \\}\\}(.*)",
            Pattern.DOTALL);

    /** A model without chat template: the text alone is the prompt. */
    public static final PromptTemplate NONE = new PromptTemplate("", Map.of());

    private final String source;
    private final Map<String, String> specials;
    private final @Nullable JinjaProgram program;
    /** Texts around the one message of a template that says nothing else; rendering it costs as much as a token. */
    private final @Nullable Fixed fixed;

    /** Fixed texts around {@code messages[0]}. */
    private record Fixed(String before, String after) {}

    private PromptTemplate(String source, Map<String, String> specials) {
        this.source = source;
        this.specials = specials;
        program = source.isEmpty() ? null : new JinjaProgram(source);
        fixed = fixed(TemplateText.normalised(source));
    }

    private static @Nullable Fixed fixed(String text) {
        Matcher message = MESSAGE.matcher(text);
        if (!message.matches()
                || message.group(1).contains("{%")
                || message.group(2).contains("{%")) {
            return null;
        }
        boolean alone = !message.group(1).contains("{{") && !message.group(2).contains("{{");
        return alone ? new Fixed(message.group(1), message.group(2)) : null;
    }

    /**
     * Reads a model directory and renders one message with what it finds.
     *
     * @throws ModelRejectedException when a file is malformed, or when the template cannot be rendered here
     */
    public static PromptTemplate read(Path directory) {
        TemplateFile file = TemplateFile.read(directory);
        try {
            PromptTemplate template = of(file.source(), file.specials());
            template.text(List.of(ChatMessage.user("Hello.")));
            return template;
        } catch (TemplateException e) {
            throw new ModelRejectedException(
                    "Cannot use the chat template of " + directory + ": " + e.getMessage() + ".", e);
        }
    }

    /**
     * A template from its text.
     *
     * @param specials names such as {@code eos_token} that it may use, with the tokens' texts
     * @throws TemplateException when it is malformed
     */
    public static PromptTemplate of(String source, Map<String, String> specials) {
        return source.isEmpty() ? NONE : new PromptTemplate(source, Map.copyOf(specials));
    }

    /** sha256 of the template's text in hexadecimal; empty when there is none. */
    public String hash() {
        if (source.isEmpty()) {
            return "";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
    }

    /**
     * Token ids [P] of one message of the user, ready for the model's answer.
     *
     * @throws TemplateException when the template refuses it
     */
    public int[] render(Tokenizer tokenizer, String text) {
        return render(tokenizer, List.of(ChatMessage.user(text)));
    }

    /**
     * Token ids [P] of a chat, ready for the model's answer. Without a template the chat must be one message, and the
     * tokenizer puts its own special tokens around it.
     *
     * @throws TemplateException when the template refuses the chat, or there is none for several messages
     */
    public int[] render(Tokenizer tokenizer, List<ChatMessage> chat) {
        if (program == null) {
            if (chat.size() != 1) {
                throw new TemplateException("the chat has " + chat.size()
                        + " messages, expected one where a model has no chat template; join them");
            }
            return tokenizer.encodeWithSpecials(tokenizer.quote(chat.get(0).content()));
        }
        List<ChatMessage> quoted = new ArrayList<>();
        for (ChatMessage message : chat) {
            quoted.add(new ChatMessage(tokenizer.quote(message.role()), tokenizer.quote(message.content())));
        }
        return tokenizer.encode(text(quoted));
    }

    /**
     * The rendered chat, ready for the model's answer; the text of several messages when there is no template.
     *
     * @throws TemplateException when the template refuses it
     */
    public String text(List<ChatMessage> chat) {
        return text(chat, true);
    }

    /**
     * The rendered chat as it stands, nothing opened for an answer.
     *
     * @throws TemplateException when the template refuses it
     */
    public String wholeText(List<ChatMessage> chat) {
        return text(chat, false);
    }

    private String text(List<ChatMessage> chat, boolean opened) {
        if (fixed != null && !chat.isEmpty()) {
            return fixed.before() + chat.get(0).content() + fixed.after();
        }
        List<Map<String, Object>> messages = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        for (ChatMessage message : chat) {
            messages.add(Map.of("role", message.role(), "content", message.content()));
            plain.append(message.content());
        }
        if (program == null) {
            return plain.toString();
        }
        Map<String, Object> names = new HashMap<>(specials);
        names.put("messages", messages);
        names.put("add_generation_prompt", opened);
        return program.render(names);
    }
}
