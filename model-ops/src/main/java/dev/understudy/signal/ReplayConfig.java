package dev.understudy.signal;

import java.io.Serializable;

/**
 * Bounds of the replay buffer.
 *
 * @param bytes most bytes of all signals together, at least 1; divided evenly over workloads
 * @param recentShare part of a workload's bytes that holds its newest signals, in [0, 1]; the rest is a uniform
 *     reservoir over everything older
 * @param heldOutShare part of the prompts, by hash, that is never trained on, in [0, 0.5]
 * @param heldOutPerWorkload most held-out sequences kept a workload (newest), at least 1
 * @param seed seed of the reservoir
 */
public record ReplayConfig(long bytes, double recentShare, double heldOutShare, int heldOutPerWorkload, long seed)
        implements Serializable {
    public ReplayConfig {
        if (bytes < 1 || heldOutPerWorkload < 1) {
            throw new IllegalArgumentException("Replay buffer of " + bytes + " bytes and " + heldOutPerWorkload
                    + " held-out sequences; both must be at least 1.");
        }
        if (!(recentShare >= 0 && recentShare <= 1) || !(heldOutShare >= 0 && heldOutShare <= 0.5)) {
            throw new IllegalArgumentException("Replay shares recent=" + recentShare + " held-out=" + heldOutShare
                    + "; expected [0, 1] and [0, 0.5].");
        }
    }

    /** 64 MiB, half of it recent, one prompt in ten held out, 200 held-out sequences a workload. */
    public static ReplayConfig defaults() {
        return new ReplayConfig(64L << 20, 0.5, 0.1, 200, 1);
    }
}
