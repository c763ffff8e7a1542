package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.workload.toy.BaselinesToy;
import dev.understudy.workload.toy.KdtwToy;
import dev.understudy.workload.toy.ToyCheck;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the methods' toy experiments. */
@Command(
        name = "methods",
        description = {
            "Runs each method's toy experiment and prints what is expected and what was seen.",
            "Exits with 1 when a figure is missed."
        },
        mixinStandardHelpOptions = true)
final class MethodsCommand implements Callable<Integer> {
    /** A method with a toy. */
    enum Method {
        KDTW("learned asking under a budget"),
        BASELINES("what every method is compared with");

        private final String about;

        Method(String about) {
            this.about = about;
        }

        private List<ToyCheck> run() {
            return switch (this) {
                case KDTW ->
                    Stream.of(KdtwToy.exact(), KdtwToy.learned(), KdtwToy.experiment())
                            .flatMap(List::stream)
                            .toList();
                case BASELINES -> BaselinesToy.frontier();
            };
        }
    }

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "One of ${COMPLETION-CANDIDATES} (default: all).")
    private @Nullable Method method;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        Map<String, List<ToyCheck>> results = new LinkedHashMap<>();
        for (Method each : method == null ? Arrays.asList(Method.values()) : List.of(method)) {
            results.put(each.name().toLowerCase(Locale.ROOT), each.run());
        }
        PrintWriter screen = spec.commandLine().getOut();
        if (json) {
            screen.println(json(results));
        } else {
            results.forEach((name, checks) -> print(screen, name, checks));
        }
        return results.values().stream().flatMap(List::stream).allMatch(ToyCheck::holds) ? 0 : 1;
    }

    private static void print(PrintWriter screen, String name, List<ToyCheck> checks) {
        screen.println(name + ": " + Method.valueOf(name.toUpperCase(Locale.ROOT)).about);
        checks.forEach(check -> screen.println(check.text()));
        long missed = checks.stream().filter(check -> !check.holds()).count();
        screen.println(checks.size() + " figures, " + missed + " missed");
    }

    private static String json(Map<String, List<ToyCheck>> results) {
        try {
            return new ObjectMapper().writeValueAsString(Map.of("methods", results));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("[BUG] figures are plain numbers", e);
        }
    }
}
