package dev.understudy.flink.distil;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with its right completion, as text.
 *
 * @param workload unit of replay and gate
 * @param prompt what was asked
 * @param completion the answer, without end token
 */
record Pair(String workload, String prompt, String completion) {
    /**
     * Reads a JSONL file; empty lines are passed over.
     *
     * @throws IllegalArgumentException naming the first line that is no pair
     */
    static List<Pair> read(Path file) {
        ObjectMapper json = new ObjectMapper();
        List<Pair> pairs = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    pairs.add(parse(json, lines.get(i), file, i + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read pairs from " + file + ". Check the path in the settings.", e);
        }
        return pairs;
    }

    private static Pair parse(ObjectMapper json, String line, Path file, int number) {
        try {
            JsonNode node = json.readTree(line);
            return new Pair(field(node, "workload"), field(node, "prompt"), field(node, "completion"));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Cannot read pair in line " + number + " of " + file
                            + ": expected {\"workload\":text,\"prompt\":text,\"completion\":text}. Correct the line.",
                    e);
        }
    }

    private static String field(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("field " + name + " is missing or no text");
        }
        return value.asText();
    }
}
