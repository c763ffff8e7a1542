package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskInput;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.flink.checkpoint.CheckpointAnnouncer;
import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.distil.DistilPlaces;
import dev.understudy.flink.distil.PoisonedRound;
import dev.understudy.flink.distil.RoundTrigger;
import dev.understudy.flink.distil.SeedFiles;
import dev.understudy.flink.swap.ModelLoading;
import dev.understudy.flink.swap.ModelVersion;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.wire.KafkaCheckpointAnnouncer;
import dev.understudy.flink.wire.ManifestAvro;
import dev.understudy.gate.GateConfig;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Dialect;
import dev.understudy.signal.ReplayConfig;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.gate.GateJudged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rounds from signals on a real broker to checkpoints in a real store, with a small untrained model as first parent.
 */
@Timeout(300)
class DistillationJobIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SIGNALS = 64;
    /** Announcements that fail, counted down in the job's own class loader, which is the test's. */
    private static final AtomicInteger FAILURES = new AtomicInteger();

    @Test
    void publishesWhatIsBetterOnceAndRefusesTheRest(@TempDir Path root) throws Exception {
        FAILURES.set(1);
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                EchoTraffic traffic = EchoTraffic.on(broker, root.resolve("model"));
                MiniCluster cluster = cluster(1)) {
            FileCheckpointStore store = new FileCheckpointStore(root.resolve("store"));
            AskHeadFile.write(root.resolve("model"), idleHead());
            traffic.sendAnswers(40);
            traffic.sendSignals(0, SIGNALS);
            JobID job = submit(cluster, config(broker, root, new PoisonedRound(2, EchoTraffic.WORKLOAD)));

            GateJudged first = traffic.verdict(0);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(JobMetrics.names(cluster, job))
                            .contains("distil.signals", "distil.round", "distil.keptBytes"));
            assertThat(first.getAccepted()).as("%s", first).isTrue();
            assertThat(first.getSignals()).isEqualTo(SIGNALS);
            CheckpointPublished announced = traffic.announcement(0);
            CheckpointManifest manifest = store.verify(new CheckpointId(first.getCandidateId()));
            assertThat(ManifestAvro.toDomain(announced).toJson()).isEqualTo(manifest.toJson());
            assertThat(FAILURES)
                    .as("the announcement failed once, after the rename")
                    .hasValue(-1);
            assertThat(manifest.origin().trainedOn()).isNotEmpty();
            assertThat(manifest.contents().files())
                    .as("the parent asks by a head, so the candidate brings its own")
                    .anyMatch(file -> file.path().equals(AskHeadFile.NAME));
            assertIsServedByItsHead(store, root.resolve("model"), manifest.id());

            traffic.requestRound("c-1");
            GateJudged idle = traffic.verdict(1);
            assertThat(idle.getReasons()).singleElement().asString().contains("No new signal");

            traffic.sendSignals(SIGNALS, SIGNALS);
            GateJudged poisoned = traffic.verdict(2);
            assertThat(poisoned.getAccepted()).as("%s", poisoned).isFalse();
            assertThat(poisoned.getParent()).isEqualTo(first.getCandidateId());
            assertThat(poisoned.getRules()).isNotEmpty();
            assertThat(store.published()).containsExactly(new CheckpointId(first.getCandidateId()));
            assertThat(traffic.announcements())
                    .allSatisfy(one -> assertThat(one.getId()).isEqualTo(first.getCandidateId()));
            try (Stream<Path> staged = Files.list(root.resolve("store/staging"))) {
                assertThat(staged).isEmpty();
            }
            cluster.cancelJob(job).get();
        }
    }

    @Test
    void aRoundGoesOnAfterItsTaskManagerIsLost(@TempDir Path root) throws Exception {
        FAILURES.set(0);
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                EchoTraffic traffic = EchoTraffic.on(broker, root.resolve("model"));
                MiniCluster cluster = cluster(2)) {
            traffic.sendAnswers(40);
            traffic.sendSignals(0, SIGNALS);
            JobID job = submit(cluster, config(broker, root, PoisonedRound.NONE));
            Path saves = root.resolve("work");
            await().atMost(PATIENCE).until(() -> latestSave(saves) >= 40);
            String candidate = candidate(saves);

            cluster.terminateTaskManager(0).get();

            GateJudged verdict = traffic.verdict(0);
            assertThat(verdict.getCandidateId()).isEqualTo(candidate);
            assertThat(verdict.getAccepted()).as("%s", verdict).isTrue();
            assertThat(verdict.getSteps()).isEqualTo(200);
            assertThat(traffic.announcement(0).getId()).isEqualTo(candidate);
            await().atMost(PATIENCE).until(() -> latestSave(saves) == -1);
            cluster.cancelJob(job).get();
        }
    }

    /** A serving job that asks by heads takes the version. */
    private static void assertIsServedByItsHead(FileCheckpointStore store, Path model, CheckpointId id) {
        ModelLoading loading = new ModelLoading(
                Engine.installed(),
                Kernel.FP32,
                store,
                new CheckpointId("p0"),
                model,
                Dialect.read(Engine.installed(), model),
                new AskPolicy.AskToken(Action.THRESHOLD),
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        ModelVersion version = loading.load(id);
        version.model().close();
        assertThat(((PricedHead) version.head()).levels().levels())
                .as("priced for every budget, where the first student's head knows one")
                .hasSize(AskLevels.usual().length);
    }

    /** What the first student asks by; no round learns from it. */
    private static PricedHead idleHead() {
        int inputs = AskInput.width(EchoTraffic.WIDTH);
        AskNetwork network =
                new AskNetwork(new float[inputs], new float[inputs], new float[inputs], new float[1], new float[1], 0);
        double[] one = {0.1};
        return new PricedHead(network, network, new AskLevels(one, one, one));
    }

    private static MiniCluster cluster(int taskManagers) throws Exception {
        Configuration flink = new Configuration();
        flink.set(RestOptions.BIND_PORT, "0");
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(1)
                .build());
        cluster.start();
        return cluster;
    }

    private static JobID submit(MiniCluster cluster, DistillationConfig config) throws Exception {
        KafkaAccess kafka = config.kafka();
        JobGraph graph = DistillationGraph.of(config, () -> new FailingAnnouncer(new KafkaCheckpointAnnouncer(kafka)))
                .getJobGraph();
        cluster.submitJob(graph).get();
        return graph.getJobID();
    }

    private static DistillationConfig config(EmbeddedBroker broker, Path root, PoisonedRound poison)
            throws IOException {
        return new DistillationConfig(
                "distillation",
                new KafkaAccess(broker.bootstrapServers(), EchoTraffic.PREFIX),
                new DistilOperatorConfig(
                        new DistilPlaces(
                                root.resolve("store").toString(),
                                root.resolve("model").toString(),
                                root.resolve("work").toString()),
                        new RoundTrigger(SIGNALS, Duration.ZERO, 20),
                        new DistilConfig(200, 8, 3e-3, 10, 0, Objective.forwardKl(8), 1),
                        GateConfig.defaults(),
                        // None held out by hash: the first 64 signals are one round, whatever their hashes.
                        new ReplayConfig(1 << 20, 0.5, 0, 200, 1),
                        // Known before the first signal, so that a round never waits for something to be judged by.
                        new SeedFiles("", EchoTraffic.heldOutFile(root).toString(), Map.of()),
                        poison),
                Duration.ofMillis(300),
                5);
    }

    /** Step of the newest save of any round; -1 when there is none. */
    private static long latestSave(Path saves) throws IOException {
        if (!Files.isDirectory(saves)) {
            return -1;
        }
        try (Stream<Path> files = Files.walk(saves, 2)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("step-"))
                    .mapToLong(name -> Long.parseLong(name.substring("step-".length())))
                    .max()
                    .orElse(-1);
        }
    }

    private static String candidate(Path saves) throws IOException {
        try (Stream<Path> rounds = Files.list(saves)) {
            List<Path> all = rounds.toList();
            assertThat(all).hasSize(1);
            return all.get(0).getFileName().toString();
        }
    }

    /** Fails as many times as the test asks for, before anything is sent. */
    private static final class FailingAnnouncer implements CheckpointAnnouncer {
        private final CheckpointAnnouncer real;

        FailingAnnouncer(CheckpointAnnouncer real) {
            this.real = real;
        }

        @Override
        public void announce(CheckpointManifest manifest, Path directory) throws IOException {
            if (FAILURES.getAndDecrement() > 0) {
                throw new IOException("induced between rename and announcement");
            }
            real.announce(manifest, directory);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
