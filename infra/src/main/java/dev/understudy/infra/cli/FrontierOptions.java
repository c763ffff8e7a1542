package dev.understudy.infra.cli;

import dev.understudy.infra.bench.frontier.FrontierBench;
import dev.understudy.infra.bench.frontier.FrontierReport;
import dev.understudy.infra.bench.frontier.Situation;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the frontier is measured on. */
final class FrontierOptions {
    @Option(
            names = "--situations",
            split = ",",
            description = "Any of stationary, recoded, mixed, free-wording, weak (default: all).")
    private List<String> situations = List.of();

    @Option(
            names = "--rows",
            split = ",",
            description = {
                "Situations in which asking by an entry of the vocabulary is measured too, and every rival on the",
                "weights that it trains (default: none)."
            })
    private List<String> rows = List.of();

    @Option(
            names = "--seeds",
            defaultValue = "3",
            description = "Draws of prompts, labelled sequences and head a situation (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--prompts",
            defaultValue = "300",
            description = "Test prompts of a situation and seed (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(
            names = "--labelled",
            defaultValue = "1000",
            description = "Labelled sequences a workload that asking is learnt from (default: ${DEFAULT-VALUE}).")
    private int labelled;

    @Option(
            names = "--work",
            description = "Folder for students and figures (default: infra/target/frontier of the product).")
    private @Nullable Path work;

    FrontierReport measure(Path home, Clock clock, Consumer<String> reports) throws IOException {
        if (seeds < 1 || prompts < 5 || labelled < 1) {
            throw new UsageException("--seeds is " + seeds + ", --prompts " + prompts + " and --labelled " + labelled
                    + "; expected at least 1, 5 and 1. Correct them.");
        }
        Path infra = home.resolve("infra");
        Path folder = work == null ? infra.resolve("target").resolve("frontier") : work;
        FrontierBench.Settings settings = new FrontierBench.Settings(
                infra.resolve("models"), folder, chosen(), seeds, prompts, labelled, named(rows));
        return new FrontierBench(Engine.installed(), clock, settings, reports).run();
    }

    private List<Situation> chosen() {
        if (situations.isEmpty()) {
            return List.of(Situation.values());
        }
        return named(situations);
    }

    private static List<Situation> named(List<String> titles) {
        List<Situation> chosen = new ArrayList<>();
        for (String title : titles) {
            chosen.add(Arrays.stream(Situation.values())
                    .filter(one -> one.title().equals(title))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("There is no situation '" + title
                            + "'; expected any of stationary, recoded, mixed, free-wording, weak. Correct it.")));
        }
        return chosen;
    }
}
