package dev.understudy.lm.llama2c;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Pieces and scores of a SentencePiece tokenizer, from {@code tok*.bin} (BPE with scores) or {@code tok*.vocab} (single
 * characters, one {@code piece TAB score} a line), and their form as {@code tokenizer.json}. Ids 0 to 2 are unknown,
 * begin and end.
 */
final class Llama2cTokenizer {
    static final int BEGIN = 1;
    static final int END = 2;

    private static final String BLANK = "\u2581";
    private static final List<String> SPECIALS = List.of("<unk>", "<s>", "</s>");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> pieces;
    private final List<Float> scores;

    private Llama2cTokenizer(List<String> pieces, List<Float> scores) {
        this.pieces = pieces;
        this.scores = scores;
    }

    static Llama2cTokenizer read(Path file, int vocabulary) {
        List<String> pieces = new ArrayList<>();
        List<Float> scores = new ArrayList<>();
        try {
            if (file.toString().endsWith(".vocab")) {
                for (String line : Files.readAllLines(file)) {
                    int tab = line.lastIndexOf('\t');
                    pieces.add(line.substring(0, tab));
                    scores.add(Float.parseFloat(line.substring(tab + 1)));
                }
            } else {
                readBinary(ByteBuffer.wrap(Files.readAllBytes(file)), pieces, scores);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new ModelRejectedException(
                    "Cannot import " + file + ": entry " + pieces.size()
                            + " is cut or malformed, expected a piece and a " + "score; copy the file again.",
                    e);
        }
        if (pieces.size() != vocabulary) {
            throw new ModelRejectedException("Cannot import " + file + ": it has " + pieces.size()
                    + " pieces, expected " + vocabulary + " by the weights; use the tokenizer of this model.");
        }
        for (int id = 0; id < SPECIALS.size(); id++) {
            pieces.set(id, SPECIALS.get(id));
        }
        return new Llama2cTokenizer(pieces, scores);
    }

    private static void readBinary(ByteBuffer data, List<String> pieces, List<Float> scores) {
        data.order(ByteOrder.LITTLE_ENDIAN).getInt(); // length of the longest piece
        while (data.hasRemaining()) {
            scores.add(data.getFloat());
            byte[] piece = new byte[Math.min(data.getInt(), data.remaining())];
            data.get(piece);
            pieces.add(new String(piece, StandardCharsets.UTF_8).replace(" ", BLANK));
        }
    }

    void write(Path directory) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < SPECIALS.size(); id++) {
            ObjectNode token = added.addObject().put("id", id).put("content", SPECIALS.get(id));
            token.put("single_word", false).put("lstrip", false).put("rstrip", false);
            token.put("normalized", false).put("special", true);
        }
        ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        steps.addObject().put("type", "Prepend").put("prepend", BLANK);
        replace(steps.addObject(), " ", BLANK);
        root.putNull("pre_tokenizer");
        root.set("post_processor", beginFirst());
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders.addObject(), BLANK, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        decoders.addObject()
                .put("type", "Strip")
                .put("content", " ")
                .put("start", 1)
                .put("stop", 0);
        root.set("model", model());
        ObjectNode settings = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        settings.put("unk_token", SPECIALS.get(0));
        settings.put("bos_token", SPECIALS.get(BEGIN)).put("eos_token", SPECIALS.get(END));
        try {
            Files.writeString(directory.resolve("tokenizer.json"), root.toString());
            Files.writeString(directory.resolve("tokenizer_config.json"), settings.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replace(ObjectNode node, String from, String to) {
        node.put("type", "Replace").putObject("pattern").put("String", from);
        node.put("content", to);
    }

    private static ObjectNode beginFirst() {
        String begin = SPECIALS.get(BEGIN);
        ObjectNode node = JSON.createObjectNode().put("type", "TemplateProcessing");
        for (String kind : new String[] {"single", "pair"}) {
            ArrayNode parts = node.putArray(kind);
            parts.addObject().putObject("SpecialToken").put("id", begin).put("type_id", 0);
            parts.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            if (kind.equals("pair")) {
                parts.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
            }
        }
        ObjectNode token = node.putObject("special_tokens").putObject(begin).put("id", begin);
        token.putArray("ids").add(BEGIN);
        token.putArray("tokens").add(begin);
        return node;
    }

    private ObjectNode model() {
        ObjectNode model = JSON.createObjectNode().put("type", "BPE");
        model.putNull("dropout").put("unk_token", SPECIALS.get(0));
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < pieces.size(); id++) {
            vocabulary.put(pieces.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        for (String[] merge : merges()) {
            merges.addArray().add(merge[0]).add(merge[1]);
        }
        return model;
    }

    /** Every way to join two pieces into a third, the joined piece with the highest score first. */
    private List<String[]> merges() {
        Map<String, Integer> idOf = new HashMap<>();
        for (int id = SPECIALS.size(); id < pieces.size(); id++) {
            idOf.put(pieces.get(id), id);
        }
        List<Integer> order = IntStream.range(SPECIALS.size(), pieces.size())
                .boxed()
                .sorted(Comparator.comparing((Integer id) -> -scores.get(id)))
                .toList();
        List<String[]> merges = new ArrayList<>();
        for (int id : order) {
            String piece = pieces.get(id);
            for (int cut = 1; cut < piece.length() && !byteName(piece); cut++) {
                String left = piece.substring(0, cut);
                String right = piece.substring(cut);
                if (idOf.containsKey(left) && idOf.containsKey(right)) {
                    merges.add(new String[] {left, right});
                }
            }
        }
        return merges;
    }

    /** {@code <0x0A>} names a byte and is never the result of joining its characters. */
    private static boolean byteName(String piece) {
        return piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">");
    }
}
