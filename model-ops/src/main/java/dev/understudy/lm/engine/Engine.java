package dev.understudy.lm.engine;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.Trainer;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;

/**
 * Opens and trains models. The one implementation stands in {@code lm.djl} and is found by {@link ServiceLoader}, so
 * that no other package names the library. Thread safe; what it returns is not.
 */
public interface Engine {
    /** The engine on the class path. */
    static Engine installed() {
        return ServiceLoader.load(Engine.class, Engine.class.getClassLoader())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "No model engine is on the class path; expected model-ops with DJL. Put both into the cluster's lib folder."));
    }

    /**
     * The same engine on another device; what was opened before stays where it is.
     *
     * @throws ModelRejectedException when this machine or this build does not have the device
     */
    Engine on(ComputeDevice device);

    /**
     * Opens a Hugging Face directory for decoding.
     *
     * @throws ModelRejectedException when a file, field or tensor is missing, unknown, of the wrong shape or not finite
     */
    LanguageModel open(Path directory, Kernel kernel);

    /**
     * Opens a Hugging Face directory to read whole batches, as training asks a teacher: by {@link LanguageModel#score}
     * or as {@link Targets.Live}.
     *
     * @param kernel {@link Kernel#AUTO} is {@link Kernel#ONEDNN}, or {@link Kernel#BF16} where it reads this model's
     *     batches faster here and its laws stay within 1e-3 nats; measured in seconds and logged with the figures. On a
     *     GPU it is {@link Kernel#FP32}
     * @throws ModelRejectedException as {@link #open}, and for {@link Kernel#VECTOR}, which decodes
     */
    LanguageModel openReader(Path directory, Kernel kernel);

    /** Opens a Hugging Face directory for training, with fresh moments. */
    Trainer trainer(Path directory);

    /** Continues from {@link Trainer#saveState}. */
    Trainer resume(Path stateDirectory);

    /**
     * Opens a Hugging Face directory to train an adapter for it; its own weights never change.
     *
     * @param seed of the adapter's first values
     */
    AdapterTrainer adapt(Path directory, Lora lora, long seed);

    /**
     * Continues an adapter from {@link Trainer#saveState}.
     *
     * @throws ModelRejectedException when the model it belongs to is gone or another
     */
    AdapterTrainer resumeAdapter(Path stateDirectory);

    /**
     * New weights by the recipe: embedding N(0, 0.1), matrices N(0, 1/sqrt(fan-in)), output projections also divided by
     * sqrt(2 layers), norm gains 1. Deterministic in the seed.
     */
    Trainer initialise(ModelShape shape, long seed);

    /** Opens {@code tokenizer.json} in a directory; the caller closes it. */
    Tokenizer tokenizer(Path directory);

    /**
     * Measures this machine's limits on the calling thread, in about a second.
     *
     * @param bytes size of the block that is read, typically that of a model's weights
     */
    MachineSpeed machineSpeed(long bytes);

    /**
     * Lets no thread of the process into native code any more and waits until none is in it: the last thing before the
     * process ends, as its end would take the ground from under a call. Threads that go on calling wait for ever.
     *
     * @param longest how long the call under way is waited for
     */
    void standStill(Duration longest) throws InterruptedException;
}
