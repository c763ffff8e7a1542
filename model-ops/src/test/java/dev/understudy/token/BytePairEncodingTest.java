package dev.understudy.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file means to the library that reads it, against merging by hand. */
class BytePairEncodingTest {
    private static final Pattern PIECE = Pattern.compile("[0-9]|[A-Z]|\\|| ?[^0-9A-Z |]+|\\s");
    private static final List<String> WORDS = List.of(
            "the",
            "gasket",
            "filter",
            "grün",
            "märz",
            "über",
            "1.249,50 €",
            "£12",
            "AB34",
            "😀",
            " ",
            "|",
            "{\"op\":\"x\"}",
            "naïve",
            "\t",
            "7:30",
            "ship c1 |");

    @Test
    void theLibraryMergesAsTheRulesSay(@TempDir Path folder) throws IOException {
        BytePairTrainer.train(lines(1, 2000), 400).write(folder);
        Map<String, Integer> ranks = ranks(folder);
        try (Tokenizer tokenizer = Engine.installed().tokenizer(folder)) {
            for (String line : lines(2, 1000)) {
                assertThat(tokenizer.encode(line)).as(line).isEqualTo(byHand(line, tokenizer.vocabulary(), ranks));
                assertThat(tokenizer.decode(tokenizer.encode(line))).isEqualTo(line);
            }
            assertThat(tokenizer.encode("a<sep><eos>")).endsWith(1, 0);
        }
    }

    private static List<String> lines(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder line = new StringBuilder();
            for (int j = random.nextInt(1, 9); j > 0; j--) {
                line.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextBoolean() ? " " : "");
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static Map<String, Integer> ranks(Path folder) throws IOException {
        JsonNode merges = new ObjectMapper()
                .readTree(folder.resolve("tokenizer.json").toFile())
                .path("model")
                .path("merges");
        Map<String, Integer> ranks = new HashMap<>();
        merges.forEach(merge -> ranks.put(merge.textValue(), ranks.size()));
        return ranks;
    }

    private static int[] byHand(String line, Vocabulary vocabulary, Map<String, Integer> ranks) {
        List<Integer> ids = new ArrayList<>();
        Matcher pieces = PIECE.matcher(line);
        while (pieces.find()) {
            List<String> symbols = new ArrayList<>();
            for (byte b : pieces.group().getBytes(StandardCharsets.UTF_8)) {
                symbols.add(symbol(b & 0xFF));
            }
            while (true) {
                int best = -1;
                int bestRank = Integer.MAX_VALUE;
                for (int i = 0; i + 1 < symbols.size(); i++) {
                    int rank = ranks.getOrDefault(symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
                    if (rank < bestRank) {
                        best = i;
                        bestRank = rank;
                    }
                }
                if (best < 0) {
                    break;
                }
                symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
            }
            symbols.forEach(symbol -> ids.add(vocabulary.tokens().indexOf(symbol)));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Printable Latin-1 bytes are themselves; the n-th other byte is code point 256 + n. */
    private static String symbol(int b) {
        int others = 0;
        for (int i = 0; i <= b; i++) {
            boolean other = i <= ' ' || (i >= 0x7F && i <= 0xA0) || i == 0xAD;
            if (i == b) {
                return Character.toString(other ? 256 + others : i);
            }
            others += other ? 1 : 0;
        }
        throw new IllegalArgumentException("not a byte: " + b);
    }
}
