package dev.understudy.lm;

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
     * Whichever of the others decodes a model of this shape fastest here: measured once a shape and process, in about a
     * second, and logged with the figures. See {@link LanguageModel#kernel}.
     */
    AUTO
}
