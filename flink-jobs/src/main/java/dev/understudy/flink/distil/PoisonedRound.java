package dev.understudy.flink.distil;

import java.io.Serializable;

/**
 * Demo-only: which round's labels are spoilt, so that the gate has something to refuse.
 *
 * @param round number of the round, from 1; 0 for none
 * @param workload whose labels are dealt out to the wrong prompts; empty for none
 */
public record PoisonedRound(long round, String workload) implements Serializable {
    /** No round is poisoned. */
    public static final PoisonedRound NONE = new PoisonedRound(0, "");

    boolean strikes(long number) {
        return round != 0 && round == number;
    }
}
