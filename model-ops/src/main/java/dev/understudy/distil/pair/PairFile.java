package dev.understudy.distil.pair;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pairs of a JSON-lines file, one object {@code {"prompt": text, "completion": text}} a line; other fields are not
 * read, blank lines are skipped. A file with a bad line is not used at all, and all its bad lines are named at once.
 *
 * @param file where they came from
 * @param pairs in file order
 * @param problems one sentence a bad line, at most {@value #MOST_PROBLEMS}, and one that counts the rest
 */
public record PairFile(Path file, List<Text> pairs, List<String> problems) {
    /** Bad lines that are named one by one. */
    public static final int MOST_PROBLEMS = 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One pair as it was written.
     *
     * @param line its line number, from 1
     */
    public record Text(int line, String prompt, String completion) {}

    public PairFile {
        pairs = List.copyOf(pairs);
        problems = List.copyOf(problems);
    }

    /**
     * Reads a file in UTF-8.
     *
     * @throws IOException when it cannot be read at all
     */
    public static PairFile read(Path file) throws IOException {
        List<Text> pairs = new ArrayList<>();
        LineProblems problems = new LineProblems(file);
        int line = 0;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (!text.isBlank()) {
                    read(line, text, pairs, problems);
                }
            }
        } catch (CharacterCodingException e) {
            problems.add(line + 1, "bytes that are not UTF-8", "text in UTF-8", "convert the file");
        }
        if (pairs.isEmpty() && problems.sentences().isEmpty()) {
            problems.add(
                    1, "no pair", "one object {\"prompt\",\"completion\"} a line", "check that it is the right file");
        }
        return new PairFile(file, pairs, problems.sentences());
    }

    private static void read(int line, String text, List<Text> pairs, LineProblems problems) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            problems.add(
                    line,
                    "no JSON (" + e.getOriginalMessage() + ")",
                    "one JSON object a line",
                    "quote and escape the text");
            return;
        }
        if (!node.isObject()) {
            problems.add(line, "a JSON " + kind(node), "an object", "write {\"prompt\":…,\"completion\":…}");
            return;
        }
        boolean good = true;
        for (String field : List.of("prompt", "completion")) {
            JsonNode value = node.path(field);
            if (!value.isTextual() || value.textValue().isEmpty()) {
                String found = value.isMissingNode()
                        ? "no field " + field
                        : value.isTextual() ? "an empty " + field : "a " + kind(value) + " as " + field;
                problems.add(line, found, "a text that is not empty", "fill it in or remove the line");
                good = false;
            }
        }
        if (good) {
            pairs.add(new Text(
                    line,
                    node.path("prompt").textValue(),
                    node.path("completion").textValue()));
        }
    }

    private static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
