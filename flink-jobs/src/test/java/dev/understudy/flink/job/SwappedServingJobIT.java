package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probes;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.Topics;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.swap.SwapOutcome;
import dev.understudy.wire.swap.SwapReported;
import dev.understudy.wire.swap.VersionAssigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions that come, are proven or refused, and are swapped in, by a job of two subtasks. */
@SuppressWarnings("NullAway.Init") // JUnit sets the folder, start() the pipeline.
class SwappedServingJobIT {
    @TempDir
    static Path directory;

    @AutoClose
    private static Pipeline pipeline;

    @BeforeAll
    static void start() throws Exception {
        TinyModels.write(directory.resolve("student"), 7);
        pipeline = new Pipeline();
    }

    @Test
    void publishedVersionsAreSwappedInOneAfterTheOther() throws Exception {
        pipeline.createTopics("swap.");
        try (RunningJob job = pipeline.start(WordJob.alone("swap.", directory))) {
            pipeline.send("swap.", Topics.PROMPTS, WordJob.prompts(0, 10));
            pipeline.await("swap.", Topics.COMPLETIONS, CompletionProduced.class, 10);

            publish("swap.", "v1", 21);
            awaitServing("swap.", "v1");
            publish("swap.", "v2", 22);
            awaitServing("swap.", "v2");
            pipeline.send("swap.", Topics.PROMPTS, WordJob.prompts(10, 10));
            List<CompletionProduced> completions =
                    pipeline.await("swap.", Topics.COMPLETIONS, CompletionProduced.class, 20);

            assertThat(completions)
                    .filteredOn(completion -> number(completion) >= 10)
                    .extracting(CompletionProduced::getStudentVersion)
                    .containsOnly("v2");
            assertThat(pipeline.now("swap.", Topics.SWAPS, SwapReported.class))
                    .hasSize(4)
                    .allSatisfy(report -> {
                        assertThat(report.getProof()).contains("probes");
                        assertThat(report.getPauseMillis()).isBetween(1L, 1000L);
                    });

            pipeline.replaceTaskManager();
            pipeline.send("swap.", Topics.PROMPTS, WordJob.prompts(20, 10));
            assertThat(pipeline.await("swap.", Topics.COMPLETIONS, CompletionProduced.class, 30))
                    .filteredOn(completion -> number(completion) >= 20)
                    .extracting(CompletionProduced::getStudentVersion)
                    .containsOnly("v2");
        }
        assertThat(pipeline.now("swap.", Topics.ASSIGNMENTS, VersionAssigned.class))
                .extracting(VersionAssigned::getCheckpointId)
                .containsExactly("v1", "v2");
    }

    @Test
    void aDamagedCheckpointIsReportedAndNotServedAndTheNextOneIs() throws Exception {
        pipeline.createTopics("damaged.");
        try (RunningJob job = pipeline.start(WordJob.alone("damaged.", directory))) {
            FileCheckpointStore store = seal("damaged.", "v1", 21);
            Path weights = store.directory(new CheckpointId("v1")).resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length - 5] ^= 1;
            Files.write(weights, bytes);
            announce("damaged.", "v1", store);

            assertRefused("damaged.", "v1", "model.safetensors");
            publish("damaged.", "v2", 22);
            awaitServing("damaged.", "v2");
            pipeline.send("damaged.", Topics.PROMPTS, WordJob.prompts(5, 5));
            assertThat(pipeline.await("damaged.", Topics.COMPLETIONS, CompletionProduced.class, 10))
                    .filteredOn(completion -> number(completion) >= 5)
                    .extracting(CompletionProduced::getStudentVersion)
                    .containsOnly("v2");
        }
    }

    @Test
    void aCheckpointThatAnswersItsProbesOtherwiseIsReportedAndNotServed() throws Exception {
        pipeline.createTopics("probed.");
        try (RunningJob job = pipeline.start(WordJob.alone("probed.", directory))) {
            Path other = TinyModels.write(directory.resolve("other"), 22);
            announce("probed.", "v1", seal("probed.", "v1", 21, other));

            assertRefused("probed.", "v1", "probe");
        }
    }

    /** Both subtasks say why they do not serve it, and go on with the first version. */
    private static void assertRefused(String prefix, String version, String cause) throws Exception {
        List<SwapReported> reports = pipeline.await(prefix, Topics.SWAPS, SwapReported.class, 2);
        assertThat(reports).extracting(SwapReported::getOutcome).containsOnly(SwapOutcome.REFUSED);
        assertThat(reports).extracting(SwapReported::getSubtask).containsExactlyInAnyOrder(0, 1);
        assertThat(reports)
                .extracting(SwapReported::getCause)
                .allSatisfy(found -> assertThat(found).contains(version).contains(cause));
        pipeline.send(prefix, Topics.PROMPTS, WordJob.prompts(0, 5));
        assertThat(pipeline.await(prefix, Topics.COMPLETIONS, CompletionProduced.class, 5))
                .extracting(CompletionProduced::getStudentVersion)
                .containsOnly("p0");
    }

    private static int number(CompletionProduced completion) {
        return Integer.parseInt(completion.getId().substring(2));
    }

    private static void awaitServing(String prefix, String version) {
        Awaitility.await("both subtasks serve " + version)
                .atMost(Duration.ofSeconds(60))
                .until(() -> pipeline.now(prefix, Topics.SWAPS, SwapReported.class).stream()
                                .filter(report -> report.getCheckpointId().equals(version)
                                        && report.getOutcome() == SwapOutcome.SERVING)
                                .map(SwapReported::getSubtask)
                                .distinct()
                                .count()
                        == 2);
    }

    private static void publish(String prefix, String id, long seed) throws Exception {
        announce(prefix, id, seal(prefix, id, seed));
    }

    private static FileCheckpointStore seal(String prefix, String id, long seed) throws Exception {
        return seal(prefix, id, seed, null);
    }

    /** @param probed model that gives the answers to the probes; null for the checkpoint itself */
    private static FileCheckpointStore seal(String prefix, String id, long seed, @Nullable Path probed)
            throws Exception {
        FileCheckpointStore store = new FileCheckpointStore(directory.resolve(prefix + "store"));
        CheckpointId name = new CheckpointId(id);
        Path staged = TinyModels.write(store.stage(name), seed);
        Engine engine = Engine.installed();
        try (Tokenizer tokenizer = engine.tokenizer(staged);
                LanguageModel model = engine.open(probed == null ? staged : probed, Kernel.FP32)) {
            Contents contents = new Contents(
                    List.of(),
                    tokenizer.vocabulary().fingerprint().hex(),
                    "",
                    Probes.of(model, List.of(new int[] {1, 2, 3}), 4));
            store.seal(name, contents, new Origin(null, "test", List.of(), Map.of(), "test", Instant.EPOCH));
        }
        store.publish(name);
        return store;
    }

    private static void announce(String prefix, String id, FileCheckpointStore store) throws Exception {
        CheckpointPublished record = CheckpointPublished.newBuilder()
                .setId(id)
                .setUri(store.directory(new CheckpointId(id)).toString())
                .setFiles(List.of())
                .setVocabularyFingerprint("")
                .setTemplateHash("")
                .setProbes(List.of())
                .setCodeVersion("test")
                // Later ids are newer.
                .setCreatedAt(Instant.ofEpochSecond(id.charAt(1)))
                .build();
        pipeline.send(prefix, Topics.CHECKPOINTS, List.of(record));
    }
}
