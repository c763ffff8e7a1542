package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.gate.replay.Replay.Estimate;
import dev.understudy.gate.replay.Replay.Outcome;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.infra.eval.SignalReplay;
import dev.understudy.infra.eval.SignalReplay.Question;
import dev.understudy.infra.eval.SignalReplay.Result;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.signal.Intervention;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What-if from a pipeline's signals, as options of {@code eval}. */
final class ReplayOptions {
    private static final List<String> LIMITS = List.of(
            "Only prompts with consent leave signals; the figures speak for those.",
            "Where another token than the recorded one would stand, what follows was never decoded: 'likely' takes it to"
                    + " be like the recorded text, 'low' and 'high' allow everything.",
            "The teacher's reaction to another text, and money, are not recorded.");

    @Option(
            names = "--replay",
            description =
                    "What-if from recorded signals: what other shares, prices, policies or, with --model, another student would have used of the teacher and how often it would have agreed.")
    boolean wanted;

    @Option(
            names = "--policy",
            defaultValue = "RECORDED",
            description =
                    "With --replay, one of ${COMPLETION-CANDIDATES}; entropy and margin need --model (default: ${DEFAULT-VALUE}).")
    private SignalReplay.Policy policy = SignalReplay.Policy.RECORDED;

    @Option(names = "--price", split = ",", description = "With --replay, prices in [0, 1] besides --help-share.")
    private List<Double> prices = List.of();

    @Mixin
    private Broker broker = new Broker();

    /** Prints the figures of every workload, or of one. */
    int run(CommandLine line, List<Double> shares, @Nullable ModelOnDisk model, String workload, boolean json)
            throws JsonProcessingException {
        for (double price : prices) {
            if (!(price >= 0 && price <= 1)) {
                throw new UsageException("--price has " + price + "; expected prices from 0 to 1. Correct it.");
            }
        }
        List<Intervention> signals = SignalReplay.read(new KafkaAccess(broker.bootstrapServers, broker.prefix)).stream()
                .filter(signal -> workload.equals("all") || signal.workload().equals(workload))
                .toList();
        if (signals.isEmpty()) {
            throw new FailureException("There are no signals of " + workload + " workloads on "
                    + broker.bootstrapServers + ". Let the serving job run with consent and audits first.");
        }
        if (model != null) {
            requireVocabulary(model, signals);
        }
        List<Double> wanted = shares.isEmpty() && prices.isEmpty() ? List.of(0.0, 0.02, 0.05, 0.1, 0.2) : shares;
        Map<String, Result> results;
        try {
            results = SignalReplay.replay(
                    signals, new Question(policy, wanted, prices), model == null ? null : model.model());
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        PrintWriter out = line.getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(Map.of("workloads", results, "limits", LIMITS)));
        } else {
            results.forEach((name, result) -> print(name, result, out));
            LIMITS.forEach(out::println);
        }
        return 0;
    }

    private static void requireVocabulary(ModelOnDisk model, List<Intervention> signals) {
        String own = model.tokenizer().vocabulary().fingerprint().hex();
        for (Intervention signal : signals) {
            if (!signal.vocabulary().equals(own)) {
                throw new UsageException("Cannot replay with " + model.directory() + ": its vocabulary is " + own
                        + ", that of the signals " + signal.vocabulary() + ". Name a student of the same vocabulary.");
            }
        }
    }

    private static void print(String name, Result result, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "%s: %d signals, %d seen whole, standing for %.0f sequences",
                name,
                result.signals(),
                result.whole(),
                result.population()));
        for (Outcome outcome : result.outcomes()) {
            out.println(String.format(
                    Locale.ROOT,
                    "  price %7.4f: teacher's share %s, calls a sequence %.2f, agreement %s, known to the end %.1f %%",
                    outcome.price(),
                    text(outcome.share()),
                    outcome.callsPerSequence(),
                    text(outcome.agreement()),
                    100 * outcome.known()));
        }
    }

    private static String text(Estimate estimate) {
        return String.format(
                Locale.ROOT,
                "%.1f %% (%.1f to %.1f)",
                100 * estimate.likely(),
                100 * estimate.low(),
                100 * estimate.high());
    }
}
