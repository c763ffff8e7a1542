package dev.understudy.lm.engine;

/**
 * What one engine thread can do at most on this machine now, measured with the engine's own library: the two limits
 * between which every decode step lies (the roofline of Williams, Waterman and Patterson, CACM 52(4), 2009).
 *
 * @param bytesPerSecond sequential read of a block of the size asked for, so that a small model is held against the
 *     cache that it fits into
 * @param flopsPerSecond single-precision matrix product of two square matrices
 */
public record MachineSpeed(double bytesPerSecond, double flopsPerSecond) {
    public MachineSpeed {
        if (!(bytesPerSecond > 0 && flopsPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "[BUG] machine speed of " + bytesPerSecond + " bytes/s and " + flopsPerSecond + " flops/s");
        }
    }

    /** Least seconds for work that reads {@code bytes} and computes {@code flops}. */
    public double leastSeconds(double bytes, double flops) {
        return Math.max(bytes / bytesPerSecond, flops / flopsPerSecond);
    }
}
