package dev.understudy.lm;

import java.util.EnumSet;
import java.util.Set;

/** How the weight matrices are multiplied while decoding. */
public enum Kernel {
    /** Plain single precision: the reference. */
    FP32,
    /**
     * Half-precision weights: about twice as fast. On the CPU they are packed and activations stay in single precision,
     * mean KL to {@link #FP32} at most 1e-5 nats; on a GPU both are half.
     */
    FP16,
    /**
     * Single-precision weights laid out in blocks by oneDNN (CPU only): equal to {@link #FP32} but for the order of
     * additions, and faster from about eight rows and a width of a few hundred on.
     */
    ONEDNN,
    /**
     * Weights and factors of products rounded to bfloat16, everything between products, sums and the head in single
     * precision (CPU only): for reading many tokens at once, about 1.4 times as fast as {@link #ONEDNN} on a CPU with
     * AVX-512 BF16 or AMX and slower on any other. The range is that of single precision, so no weight overflows. Mean
     * KL to {@link #FP32} at most 1e-3 nats, which leaves most but not all greedy texts as they are.
     */
    BF16,
    /**
     * Half-precision weights, multiplied by the JVM's own vector instructions (CPU only, and only in a JVM that was
     * started with the option {@code --add-modules jdk.incubator.vector}). Weights and cache lie on the Java heap. Mean
     * KL to {@link #FP32} as for {@link #FP16}; the figures of a row do not depend on the rows beside it.
     */
    VECTOR,
    /**
     * Whichever of the others, but for {@link #BF16}, decodes a model of this shape fastest here: measured once a shape
     * and process, in a few seconds, and logged with the figures. Of a model above {@value #LARGE} weights only those
     * of half precision are tried: reading weights is what limits it. See {@link LanguageModel#kernel}.
     */
    AUTO;

    /** Weights above which {@link #AUTO} tries only half precision. */
    public static final long LARGE = 300_000_000;

    /** The kernels that a service can decode with: all but {@link #BF16}, which is for batches and slow at few rows. */
    public static Set<Kernel> decoding() {
        return EnumSet.complementOf(EnumSet.of(BF16));
    }
}
