package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a bench shows its figures: as text for people, with {@code --json} for programs. */
final class BenchOutput {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    /** Figures of one kind: a JSON object, or a line of text. */
    <T> void print(T figures, Function<T, String> text) {
        out(json ? json(figures) : text.apply(figures));
    }

    /** A table: a JSON object with the array {@code rows}, or a line of text each. */
    <T> void printRows(List<T> rows, Function<T, String> text) {
        if (json) {
            out(json(Map.of("rows", rows)));
        } else {
            rows.forEach(row -> out(text.apply(row)));
        }
    }

    private void out(String line) {
        CommandLine command = mixee.commandLine();
        command.getOut().println(line);
    }

    private static String json(Object figures) {
        try {
            return new ObjectMapper().writeValueAsString(figures);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("[BUG] figures are plain numbers", e);
        }
    }
}
