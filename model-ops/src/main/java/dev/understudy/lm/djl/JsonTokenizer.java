package dev.understudy.lm.djl;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.token.SpecialNames;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code tokenizer.json} read by the Hugging Face tokenizers library. Thread safe. */
final class JsonTokenizer implements Tokenizer {
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;
    private final TokenizerFile file;
    private final SpecialNames names;
    /** Knows special tokens by names that nobody can write; opened when the first quoted text comes. */
    private @Nullable HuggingFaceTokenizer literal;

    private JsonTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file) {
        this.tokenizer = tokenizer;
        this.file = file;
        names = new SpecialNames(file.vocabulary().specials().keySet());
    }

    /**
     * Opens {@code directory/tokenizer.json}.
     *
     * @throws ModelRejectedException when it is missing, malformed or leaves an id without a token
     */
    static JsonTokenizer open(Path directory) {
        Path path = directory.resolve("tokenizer.json");
        if (!Files.exists(path)) {
            throw new ModelRejectedException("Cannot open " + path
                    + ": the file is missing, expected a fast tokenizer; save it with PreTrainedTokenizerFast.");
        }
        try {
            TokenizerFile file = TokenizerFile.read(path);
            return new JsonTokenizer(HuggingFaceTokenizer.newInstance(path, OPTIONS), file);
        } catch (IOException | RuntimeException e) {
            if (e instanceof ModelRejectedException own) {
                throw own;
            }
            throw new ModelRejectedException(
                    "Cannot read " + path + ": it is not a tokenizer (" + firstLine(e)
                            + "), expected the JSON of the tokenizers library; copy it again.",
                    e);
        }
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("");
    }

    @Override
    public int[] encode(String text) {
        return encode(text, false);
    }

    @Override
    public int[] encodeWithSpecials(String text) {
        return encode(text, true);
    }

    private int[] encode(String text, boolean framed) {
        String valid = withoutLoneSurrogates(text);
        long[] wide = names.isQuoted(valid)
                ? literal()
                        .encode(names.unquote(valid, file.secretNames()), framed, false)
                        .getIds()
                : tokenizer.encode(valid, framed, false).getIds();
        int[] ids = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }

    private synchronized HuggingFaceTokenizer literal() {
        HuggingFaceTokenizer open = literal;
        if (open == null) {
            try {
                open = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(file.literal()), OPTIONS);
            } catch (IOException e) {
                throw new IllegalStateException("[BUG] a tokenizer that was read cannot be read again", e);
            }
            literal = open;
        }
        return open;
    }

    /** Half a pair has no UTF-8, and native code would have to guess. */
    private static String withoutLoneSurrogates(String text) {
        StringBuilder fixed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (fixed == null) {
                fixed = new StringBuilder(text);
            }
            fixed.setCharAt(i, '\uFFFD');
        }
        return fixed == null ? text : fixed.toString();
    }

    @Override
    public String quote(String text) {
        return file.matchesNormalised() ? SpecialNames.MARK + names.quote(text) : names.quote(text);
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(Batches.longs(ids), true);
    }

    @Override
    public String decodeWithSpecials(int[] ids) {
        return tokenizer.decode(Batches.longs(ids), false);
    }

    @Override
    public String rules() {
        return file.rules();
    }

    @Override
    public Vocabulary vocabulary() {
        return file.vocabulary();
    }

    @Override
    public synchronized void close() {
        tokenizer.close();
        if (literal != null) {
            literal.close();
        }
    }
}
