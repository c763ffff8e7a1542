package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.wire.Topics;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends prompts from a file of JSON lines. */
@Command(name = "prompts", description = "Sends prompts.", mixinStandardHelpOptions = true)
final class PromptsCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    PromptsCommand(Clock clock) {
        this.clock = clock;
    }

    @Command(
            name = "send",
            description =
                    "Sends one prompt a line: {\"id\",\"tenant\",\"workload\",\"text\"} and optionally \"maxTokens\", \"consent\" and the sampling settings \"temperature\", \"topK\", \"topP\", \"minP\", \"repetitionPenalty\", \"seed\".",
            mixinStandardHelpOptions = true)
    int send(
            @Mixin Broker broker,
            @Parameters(paramLabel = "FILE.jsonl", description = "The prompts.") Path file,
            @Option(
                            names = "--tenant",
                            defaultValue = "default",
                            description = "Tenant of lines that name none (default: ${DEFAULT-VALUE}).")
                    String tenant,
            @Option(
                            names = "--workload",
                            defaultValue = "default",
                            description = "Workload of lines that name none (default: ${DEFAULT-VALUE}).")
                    String workload,
            @Option(
                            names = "--max-tokens",
                            defaultValue = "96",
                            description = "Most completion tokens (default: ${DEFAULT-VALUE}).")
                    int maxTokens) {
        if (!Files.isReadable(file)) {
            throw new UsageException(
                    "Cannot send " + file + ": the file does not exist or is not readable. Name a file of JSON lines.");
        }
        int lines = 0;
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                TopicWriter<PromptSubmitted> writer = new TopicWriter<>(
                        broker.bootstrapServers, broker.prefix, Topics.PROMPTS, PromptSubmitted.class)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines++;
                if (!line.isBlank()) {
                    PromptSubmitted prompt = prompt(line, file, lines, tenant, workload, maxTokens);
                    writer.send(prompt.getId(), prompt);
                }
            }
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        spec.commandLine().getOut().println("sent " + lines + " prompts to " + Topics.PROMPTS.name(broker.prefix));
        return 0;
    }

    private PromptSubmitted prompt(String line, Path file, int number, String tenant, String workload, int maxTokens) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UsageException(file + " line " + number + " is not JSON: " + e.getOriginalMessage()
                    + ". Correct the line; the lines before it were sent.");
        }
        if (!node.path("text").isTextual()) {
            throw new UsageException(
                    file + " line " + number
                            + " has no \"text\"; expected {\"id\":\"...\",\"text\":\"...\"}. Correct the line; the lines before it were sent.");
        }
        return new PromptSubmitted(
                node.path("id").asText(file.getFileName() + "-" + number),
                node.path("tenant").asText(tenant),
                node.path("workload").asText(workload),
                node.path("text").asText(),
                null,
                SamplingChoice.newBuilder()
                        .setTemperature(node.path("temperature").asDouble(0))
                        .setTopK(node.path("topK").asInt(0))
                        .setTopP(node.path("topP").asDouble(1))
                        .setMinP(node.path("minP").asDouble(0))
                        .setRepetitionPenalty(node.path("repetitionPenalty").asDouble(1))
                        .setSeed(node.path("seed").asLong(0))
                        .build(),
                node.path("maxTokens").asInt(maxTokens),
                node.path("consent").asBoolean(false),
                null,
                clock.instant());
    }
}
