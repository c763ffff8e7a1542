package dev.understudy.infra.eval;

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

/** Prompts with the completions that are right, as a file of JSON lines holds them. */
public final class Pairs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Pairs() {}

    /** A prompt and its right completion, both as text. */
    public record Pair(String prompt, String completion) {}

    /**
     * Reads {@code {"prompt": …, "completion": …}} a line; blank lines are left out.
     *
     * @throws IllegalArgumentException when a line is no pair; the message names it
     */
    public static List<Pair> read(Path file) throws IOException {
        List<Pair> pairs = new ArrayList<>();
        int number = 0;
        // the reader of Files refuses malformed UTF-8 instead of replacing it
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    pairs.add(pair(file, number, line));
                }
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": it is not UTF-8 after line " + number + ", expected JSON lines in UTF-8;"
                            + " convert the file.",
                    e);
        }
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("Cannot read " + file
                    + ": it has no line, expected {\"prompt\":\"...\",\"completion\":\"...\"}; name a file of pairs.");
        }
        return pairs;
    }

    private static Pair pair(Path file, int number, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            if (node.path("prompt").isTextual() && node.path("completion").isTextual()) {
                return new Pair(
                        node.path("prompt").textValue(), node.path("completion").textValue());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + " line " + number + ": it is not JSON (" + e.getOriginalMessage()
                            + "), expected a pair; correct the line.",
                    e);
        }
        throw new IllegalArgumentException("Cannot read " + file + " line " + number
                + ": a text is missing, expected {\"prompt\":\"...\",\"completion\":\"...\"}; correct the line.");
    }
}
