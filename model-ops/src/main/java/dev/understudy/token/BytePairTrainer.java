package dev.understudy.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level byte-pair vocabulary and writes it as the {@code tokenizer.json} that Hugging Face tokenizers
 * load. Ids: the end token, the separator, the 256 byte symbols in code point order, then the merges in the order
 * learnt. Deterministic: the counts decide, ties go to the lowest pair of ids. Every ASCII digit and capital stands
 * alone, so that codes and amounts are copied symbol by symbol.
 *
 * <p>Algorithm: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", section
 * 3.2, on bytes instead of characters (Radford et al. 2019). Merges stop early when no pair occurs twice.
 */
public final class BytePairTrainer {
    /** Ends a completion; id 0. */
    public static final String END = "<eos>";
    /** Stands between prompt and completion; id 1. */
    public static final String SEPARATOR = "<sep>";

    // Written with [0-9], not \d: regex engines differ on Unicode digits.
    private static final String PIECES = "[0-9]|[A-Z]|\\|| ?[^0-9A-Z |]+|\\s";
    private static final Pattern PIECE = Pattern.compile(PIECES);
    private static final String TEMPLATE = "{{ messages[0]['content'] }}" + SEPARATOR;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> tokens = new ArrayList<>();
    private final List<int[]> merges = new ArrayList<>();

    private BytePairTrainer() {}

    /**
     * Learns from texts.
     *
     * @param vocabulary size wanted, at least 258
     */
    public static BytePairTrainer train(Iterable<String> texts, int vocabulary) {
        if (vocabulary < 258) {
            throw new IllegalArgumentException("Vocabulary size " + vocabulary
                    + " cannot hold two special tokens and 256 bytes; expected at least 258.");
        }
        BytePairTrainer trainer = new BytePairTrainer();
        trainer.tokens.add(END);
        trainer.tokens.add(SEPARATOR);
        int[] byteIds = trainer.addByteSymbols();
        TreeMap<String, Long> counts = new TreeMap<>();
        for (String text : texts) {
            Matcher matcher = PIECE.matcher(text);
            while (matcher.find()) {
                counts.merge(matcher.group(), 1L, Long::sum);
            }
        }
        List<int[]> words = new ArrayList<>();
        List<Long> weights = new ArrayList<>();
        counts.forEach((piece, count) -> {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            int[] word = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                word[i] = byteIds[bytes[i] & 0xFF];
            }
            words.add(word);
            weights.add(count);
        });
        trainer.learn(words, weights, vocabulary);
        return trainer;
    }

    /** Number of ids. */
    public int vocabularySize() {
        return tokens.size();
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}. */
    public void write(Path directory) {
        try {
            Files.createDirectories(directory);
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(directory.resolve("tokenizer.json").toFile(), tokenizerJson());
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(directory.resolve("tokenizer_config.json").toFile(), configJson());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the tokenizer to " + directory + ". Check the folder.", e);
        }
    }

    private void learn(List<int[]> words, List<Long> weights, int vocabulary) {
        while (tokens.size() < vocabulary) {
            Map<Long, Long> pairs = new HashMap<>();
            for (int w = 0; w < words.size(); w++) {
                int[] word = words.get(w);
                for (int i = 0; i + 1 < word.length; i++) {
                    pairs.merge(key(word[i], word[i + 1]), weights.get(w), Long::sum);
                }
            }
            long best = -1;
            long bestCount = 1;
            for (Map.Entry<Long, Long> pair : pairs.entrySet()) {
                long count = pair.getValue();
                if (count > bestCount || (count == bestCount && best >= 0 && pair.getKey() < best)) {
                    best = pair.getKey();
                    bestCount = count;
                }
            }
            if (best < 0) {
                return;
            }
            int left = (int) (best >>> 32);
            int right = (int) best;
            String text = tokens.get(left) + tokens.get(right);
            // Two merges may spell the same token (a+bc, ab+c); the file holds each spelling once.
            int known = tokens.indexOf(text);
            int merged = known < 0 ? tokens.size() : known;
            if (known < 0) {
                tokens.add(text);
            }
            merges.add(new int[] {left, right});
            words.replaceAll(word -> merge(word, left, right, merged));
        }
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | right;
    }

    private static int[] merge(int[] word, int left, int right, int merged) {
        int[] out = new int[word.length];
        int n = 0;
        for (int i = 0; i < word.length; i++) {
            if (i + 1 < word.length && word[i] == left && word[i + 1] == right) {
                out[n++] = merged;
                i++;
            } else {
                out[n++] = word[i];
            }
        }
        return n == word.length ? word : Arrays.copyOf(out, n);
    }

    /**
     * The printable stand-in of every byte (Radford et al. 2019): printable Latin-1 bytes stand for themselves, the
     * others for code points from 256 on in byte order. Returns the id of each byte.
     */
    private int[] addByteSymbols() {
        TreeMap<Integer, Integer> byteOfSymbol = new TreeMap<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            byteOfSymbol.put(printable ? b : next++, b);
        }
        int[] ids = new int[256];
        byteOfSymbol.forEach((symbol, b) -> {
            ids[b] = tokens.size();
            tokens.add(Character.toString(symbol));
        });
        return ids;
    }

    private ObjectNode tokenizerJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < 2; id++) {
            ObjectNode token = added.addObject();
            token.put("id", id).put("content", tokens.get(id));
            token.put("single_word", false).put("lstrip", false).put("rstrip", false);
            token.put("normalized", false).put("special", true);
        }
        root.putNull("normalizer");
        ArrayNode steps =
                root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        ObjectNode split = steps.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", PIECES);
        split.put("behavior", "Isolated").put("invert", false);
        byteLevel(steps.addObject());
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode rules = model.putArray("merges");
        for (int[] merge : merges) {
            rules.add(tokens.get(merge[0]) + " " + tokens.get(merge[1]));
        }
        return root;
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel");
        node.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", false);
    }

    private static ObjectNode configJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("tokenizer_class", "PreTrainedTokenizerFast");
        root.put("eos_token", END);
        root.put("chat_template", TEMPLATE);
        root.put("clean_up_tokenization_spaces", false);
        return root;
    }
}
