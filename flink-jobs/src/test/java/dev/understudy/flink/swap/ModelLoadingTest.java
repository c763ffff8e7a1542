package dev.understudy.flink.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointRejectedException;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Origin;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskInput;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ask head of a checkpoint: verified like every file, and needed by the policy that it is for. */
class ModelLoadingTest {
    private static final Path STUDENT = Path.of("..", "infra", "models", "student");
    private static final int WIDTH = 96;
    private static final AskPolicy LEARNED = new AskPolicy.AskToken(Action.THRESHOLD);

    private final Engine engine = Engine.installed();
    private final FileCheckpointStore store;

    ModelLoadingTest(@TempDir Path folder) {
        store = new FileCheckpointStore(folder);
    }

    @Test
    void aVersionComesWithItsHead() throws IOException {
        CheckpointId id = publish("with-head", WIDTH);
        ModelVersion version = loading(LEARNED).load(id);
        try (var model = version.model()) {
            assertThat(version.head().hiddenWidth()).isEqualTo(model.shape().width());
            assertThat(store.manifest(id).contents().files())
                    .anyMatch(file -> file.path().equals(AskHeadFile.NAME));
        }
    }

    @Test
    void aHeadThatIsNotWhatWasPublishedIsRefused() throws IOException {
        CheckpointId id = publish("damaged", WIDTH);
        Path file = store.directory(id).resolve(AskHeadFile.NAME);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> loading(LEARNED).load(id))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining(AskHeadFile.NAME);
    }

    @Test
    void aVersionThatThePolicyCannotDecideByIsRefused() throws IOException {
        CheckpointId none = publish("without-head", 0);
        assertThatThrownBy(() -> loading(LEARNED).load(none))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("without-head")
                .hasMessageContaining("this one has none");
        CheckpointId narrow = publish("narrow", WIDTH / 2);
        assertThatThrownBy(() -> loading(LEARNED).load(narrow)).hasMessageContaining("hidden states of width 48");

        ModelVersion version = loading(new AskPolicy.Confidence()).load(none);
        try (var model = version.model()) {
            assertThat(version.head()).isSameAs(AskHead.NONE);
        }
    }

    private ModelLoading loading(AskPolicy policy) {
        return new ModelLoading(
                engine,
                Kernel.FP32,
                store,
                new CheckpointId("initial"),
                STUDENT,
                Dialect.read(engine, STUDENT),
                policy,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    /** The shipped student, with a head for this hidden width where it is above 0. */
    private CheckpointId publish(String name, int width) throws IOException {
        CheckpointId id = new CheckpointId(name);
        Path directory = store.stage(id);
        try (Stream<Path> files = Files.list(STUDENT)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        if (width > 0) {
            AskNetwork network = network(AskInput.width(width));
            double[] one = {0.1};
            AskHeadFile.write(directory, new PricedHead(network, network, new AskLevels(one, one, one)));
        }
        String vocabulary = Dialect.read(engine, STUDENT).vocabulary().hex();
        store.seal(
                id,
                new Contents(List.of(), vocabulary, "", List.of()),
                new Origin(id, "none", List.of(), Map.of(), "test", Instant.EPOCH));
        store.publish(id);
        return id;
    }

    private static AskNetwork network(int inputs) {
        return new AskNetwork(new float[inputs], new float[inputs], new float[inputs], new float[1], new float[1], 0);
    }
}
