package dev.understudy.lm.engine;

import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.shape.ModelShape;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Decoding in the JVM itself, where the JVM has its vector module. Found by {@link ServiceLoader}, so that nothing else
 * needs that module.
 */
public interface JavaDecoding {
    /** The option that gives a JVM 17 its vector module. */
    String OPTION = "--add-modules jdk.incubator.vector";

    /** The implementation, if this JVM was started with {@link #OPTION}. */
    static Optional<JavaDecoding> installed() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Optional.empty();
        }
        return ServiceLoader.load(JavaDecoding.class, JavaDecoding.class.getClassLoader())
                .findFirst();
    }

    /**
     * Packs a model.
     *
     * @param values one array for each block of the layout, in order; each is read once
     * @throws OutOfMemoryError when the heap has no room for the packed weights
     */
    LanguageModel open(ModelShape shape, List<float[]> values);

    /**
     * Bytes a second at which the calling thread reads a block of the Java heap, the fastest of several trials.
     *
     * @param bytes size of the block, at least 4
     */
    double readSpeed(int bytes);
}
