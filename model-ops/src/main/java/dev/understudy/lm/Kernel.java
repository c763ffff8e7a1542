package dev.understudy.lm;

/** How the weight matrices are multiplied while decoding. */
public enum Kernel {
    /** Plain single precision: the reference. */
    FP32,
    /**
     * Half-precision packed weights with single-precision activations (CPU only): about twice as fast, mean KL to
     * {@link #FP32} at most 1e-5 nats.
     */
    FP16_PACKED,
    /**
     * Single-precision weights laid out in blocks by oneDNN (CPU only): equal to {@link #FP32} but for the order of
     * additions, and faster from about eight rows and a width of a few hundred on.
     */
    ONEDNN
}
