package dev.understudy.flink.distil;

import dev.understudy.distil.DistilConfig;
import dev.understudy.gate.GateConfig;
import dev.understudy.signal.ReplayConfig;
import java.io.Serializable;

/**
 * Settings of the distillation operator.
 *
 * @param places directories
 * @param trigger when a round begins
 * @param round how a round trains
 * @param gate what a candidate must hold
 * @param replay bounds of the signals that are kept
 * @param seeds what is known before the first signal
 * @param poison demo-only spoilt round
 */
public record DistilOperatorConfig(
        DistilPlaces places,
        RoundTrigger trigger,
        DistilConfig round,
        GateConfig gate,
        ReplayConfig replay,
        SeedFiles seeds,
        PoisonedRound poison)
        implements Serializable {
    /** The recipe's settings for a store, an initial model and a work directory. */
    public static DistilOperatorConfig of(DistilPlaces places) {
        return new DistilOperatorConfig(
                places,
                RoundTrigger.defaults(),
                DistilConfig.defaults(),
                GateConfig.defaults(),
                ReplayConfig.defaults(),
                SeedFiles.none(),
                PoisonedRound.NONE);
    }
}
