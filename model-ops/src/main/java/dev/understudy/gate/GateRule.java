package dev.understudy.gate;

/** The named rules of the gate. */
public enum GateRule {
    /** Something got better: the summed needed help falls, or a workload's exact match or log-likelihood rises. */
    IMPROVEMENT,
    /** No workload needs much more help at the target quality. */
    HELP_NEEDED,
    /** No workload's exact match alone falls far. */
    ALONE,
    /** Weights and figures are finite, and weights fit half precision. */
    NUMBERS,
    /** A candidate that asks by a head brings a new one, and that spends no more than it is told. */
    ASK_HEAD
}
