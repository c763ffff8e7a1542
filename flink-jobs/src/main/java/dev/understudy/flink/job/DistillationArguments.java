package dev.understudy.flink.job;

import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.divergence.Divergence;
import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.distil.DistilPlaces;
import dev.understudy.flink.distil.PoisonedRound;
import dev.understudy.flink.distil.RoundTrigger;
import dev.understudy.flink.distil.SeedFiles;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.gate.GateConfig;
import dev.understudy.signal.ReplayConfig;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads {@code key=value} arguments into the settings of a distillation job; names all problems at once. */
public final class DistillationArguments {
    private static final String WEIGHT = "distil.replay-weight.";

    private final Map<String, String> given = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private DistillationArguments(String[] arguments) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                problems.add("'" + argument + "' is not key=value");
            } else if (given.put(argument.substring(0, equals), argument.substring(equals + 1)) != null) {
                problems.add("'" + argument.substring(0, equals) + "' is given twice");
            }
        }
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming every unknown, missing or malformed argument
     */
    public static DistillationConfig parse(String... arguments) {
        DistillationArguments reader = new DistillationArguments(arguments);
        String bootstrap = reader.required("kafka.bootstrap-servers");
        String prefix = reader.text("topics.prefix", "");
        String name = reader.text("distil.job-name", "distillation");
        String store = reader.required("checkpoint.store");
        String model = reader.required("distil.initial-model");
        String work = reader.required("distil.work");
        RoundTrigger trigger = RoundTrigger.defaults();
        DistilConfig round = DistilConfig.defaults();
        int minSignals = reader.number("distil.min-signals", trigger.minSignals(), Integer::valueOf);
        Duration every = reader.number("distil.every", trigger.every(), Duration::parse);
        int saveEvery = reader.number("distil.save-every", trigger.saveEvery(), Integer::valueOf);
        int steps = reader.number("distil.steps", round.steps(), Integer::valueOf);
        int batch = reader.number("distil.batch", round.batch(), Integer::valueOf);
        double rate = reader.number("distil.learning-rate", round.learningRate(), Double::valueOf);
        int warmUp = reader.number("distil.warm-up", round.warmUp(), Integer::valueOf);
        double replay = reader.number("distil.replay-share", round.replayShare(), Double::valueOf);
        Objective objective = reader.objective(round.objective());
        long seed = reader.number("distil.seed", round.seed(), Long::valueOf);
        String replayFile = reader.text("distil.replay-file", "");
        String heldOutFile = reader.text("distil.held-out-file", "");
        long poisoned = reader.number("demo.poisoned-round", 0L, Long::valueOf);
        String victim = reader.text("demo.poisoned-workload", "");
        Duration interval = reader.number("distil.checkpoint-interval", Duration.ofSeconds(1), Duration::parse);
        int attempts = reader.number("distil.restart-attempts", 10, Integer::valueOf);
        Map<String, Double> weights = reader.weights();
        reader.finish();
        return new DistillationConfig(
                name,
                new KafkaAccess(bootstrap, prefix),
                new DistilOperatorConfig(
                        new DistilPlaces(store, model, work),
                        new RoundTrigger(minSignals, every, saveEvery),
                        new DistilConfig(steps, batch, rate, warmUp, replay, objective, seed),
                        GateConfig.defaults(),
                        ReplayConfig.defaults(),
                        new SeedFiles(replayFile, heldOutFile, weights),
                        new PoisonedRound(poisoned, victim)),
                interval,
                attempts);
    }

    private Objective objective(Objective fallback) {
        String kind = text("distil.divergence.kind", fallback.divergence().kind());
        double beta = number("distil.divergence.beta", 0.5, Double::valueOf);
        double skew = number("distil.divergence.skew", 0.1, Double::valueOf);
        int topK = number("distil.top-k", fallback.topK(), Integer::valueOf);
        try {
            return new Objective(Divergence.of(kind, beta, skew), topK);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
            return fallback;
        }
    }

    private String required(String key) {
        String value = given.remove(key);
        if (value == null || value.isBlank()) {
            problems.add("'" + key + "' is missing");
            return "";
        }
        return value;
    }

    private String text(String key, String fallback) {
        String value = given.remove(key);
        return value == null ? fallback : value;
    }

    private <T> T number(String key, T fallback, Function<String, T> parser) {
        String value = given.remove(key);
        if (value == null) {
            return fallback;
        }
        try {
            return parser.apply(value);
        } catch (NumberFormatException | DateTimeParseException e) {
            problems.add("'" + key + "' is '" + value + "', not like '" + fallback + "'");
            return fallback;
        }
    }

    /** {@code distil.replay-weight.<workload>=<weight>}, any number of them. */
    private Map<String, Double> weights() {
        Map<String, Double> weights = new HashMap<>();
        for (String key : List.copyOf(given.keySet())) {
            if (key.startsWith(WEIGHT)) {
                weights.put(key.substring(WEIGHT.length()), number(key, 1.0, Double::valueOf));
            }
        }
        return weights;
    }

    private void finish() {
        given.keySet().forEach(key -> problems.add("'" + key + "' is unknown"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Cannot start the distillation job: " + String.join("; ", problems)
                    + ". Correct these arguments; each is key=value.");
        }
    }
}
