package dev.understudy.flink.job;

import java.util.Locale;

/**
 * Stable operator identities: state in savepoints is found by them, so a name never changes and is never used again.
 */
enum OperatorUid {
    PROMPTS,
    DECODE,
    DECODE_SINK,
    USAGE,
    BUDGET_LEDGER,
    CHECKPOINTS,
    VERSION_ASSIGNER,
    CONTROL_SINK,
    SIGNALS,
    DISTIL,
    VERDICTS,
    STAGED_CHECKPOINTS;

    /** The identity as Flink stores it. */
    String uid() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
