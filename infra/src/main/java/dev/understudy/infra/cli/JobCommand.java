package dev.understudy.infra.cli;

import dev.understudy.config.SettingsException;
import dev.understudy.flink.job.DistillationArguments;
import dev.understudy.flink.job.DistillationConfig;
import dev.understudy.flink.job.DistillationGraph;
import dev.understudy.flink.job.ServingArguments;
import dev.understudy.flink.job.ServingConfig;
import dev.understudy.flink.job.ServingGraph;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.infra.cluster.EmbeddedCluster;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.wire.TopicSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one of the jobs on an existing broker, in a cluster inside this process, until it is interrupted. */
abstract sealed class JobCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "YAML file of settings.")
    private Path config = Path.of("settings.yaml");

    @Option(
            names = "--state",
            description = "Folder of Flink's own checkpoints (default: ${DEFAULT-VALUE}).",
            defaultValue = "understudy-state")
    private Path state = Path.of("understudy-state");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** What is to run. */
    record Prepared(KafkaAccess kafka, int slots, Supplier<StreamGraph> graph) {}

    abstract Prepared prepare(String... settings);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Prepared prepared;
        try {
            prepared = prepare(SettingsFile.arguments(config));
        } catch (SettingsException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        Files.createDirectories(state);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", prepared.kafka().bootstrapServers()))) {
            TopicSetup.single(prepared.kafka().prefix()).createOrCheck(admin);
        }
        try (EmbeddedCluster cluster = new EmbeddedCluster(prepared.slots(), state.toAbsolutePath())) {
            JobID job = cluster.submit(prepared.graph().get());
            spec.commandLine()
                    .getOut()
                    .println("running on " + prepared.kafka().bootstrapServers() + "; interrupt to stop");
            spec.commandLine().getOut().flush();
            throw new FailureException(
                    "The job ended by itself in state " + cluster.awaitEnd(job) + ". The log file says why.");
        }
    }

    /** Prompts to completions. */
    @Command(name = "serve", description = "Runs the serving job until interrupted.", mixinStandardHelpOptions = true)
    static final class Serve extends JobCommand {
        @Override
        Prepared prepare(String... settings) {
            ServingConfig serving = ServingArguments.parse(settings);
            return new Prepared(serving.decode().kafka(), serving.parallelism() + 1, () -> ServingGraph.of(serving));
        }
    }

    /** Signals to checkpoints. */
    @Command(
            name = "distil",
            description = "Runs the distillation job until interrupted.",
            mixinStandardHelpOptions = true)
    static final class Distil extends JobCommand {
        @Override
        Prepared prepare(String... settings) {
            DistillationConfig distillation = DistillationArguments.parse(settings);
            return new Prepared(distillation.kafka(), 1, () -> DistillationGraph.of(distillation));
        }
    }
}
