package dev.understudy.infra.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Python program that measures the other side: it stays alive for the whole bench, is asked by one JSON line and
 * answers by one, so that the sides alternate on a warm machine. Confined to one thread; the creator closes it.
 */
final class PythonPeer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final String name;

    /**
     * Starts the program and waits until it is ready.
     *
     * @throws IllegalStateException when it does not start, with what it needs
     */
    PythonPeer(String interpreter, Path script, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(interpreter, script.toString()));
        command.addAll(arguments);
        name = String.join(" ", command);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", "1");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Cannot start the Python peer '" + name
                            + "'. Install infra/python/requirements.txt and name its interpreter, as in --python DIR/bin/python.",
                    e);
        }
        questions = process.outputWriter();
        answers = process.inputReader();
        read();
    }

    /** One measurement. */
    JsonNode ask(Map<String, ?> question) {
        try {
            questions.write(JSON.writeValueAsString(question));
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The Python peer '" + name + "' is gone; its errors stand above.", e);
        }
        return read();
    }

    private JsonNode read() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("The Python peer '" + name
                        + "' ended; its errors stand above. It needs what infra/python/requirements.txt lists.");
            }
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("The Python peer '" + name + "' does not answer in JSON.", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
