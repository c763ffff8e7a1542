package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.understudy.infra.exit.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One YAML file of settings as {@code key=value} arguments, the levels joined by dots. */
final class SettingsFile {
    private SettingsFile() {}

    static String[] arguments(Path file) {
        if (!Files.isReadable(file)) {
            throw new UsageException(
                    "Cannot read the settings " + file + ": no such file. Name a YAML file with --config.");
        }
        List<String> arguments = new ArrayList<>();
        try {
            flatten("", new YAMLMapper().readTree(file.toFile()), arguments);
        } catch (JsonProcessingException e) {
            throw new UsageException(
                    "The settings " + file + " are not YAML: " + e.getOriginalMessage() + ". Correct the file.");
        } catch (IOException e) {
            throw new UsageException("Cannot read the settings " + file + ": " + e.getMessage() + ". Check the file.");
        }
        return arguments.toArray(String[]::new);
    }

    private static void flatten(String prefix, JsonNode node, List<String> arguments) {
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(),
                            entry.getValue(),
                            arguments));
        } else if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(item.asText()));
            arguments.add(prefix + "=" + String.join(",", items));
        } else if (!node.isNull() && !node.isMissingNode()) {
            arguments.add(prefix + "=" + node.asText());
        }
    }
}
