/**
 * What the distillation job says about each candidate. Stands between distil and checkpoint; entry type
 * {@link dev.understudy.flink.gate.RoundJudgement}.
 */
@NullMarked
package dev.understudy.flink.gate;

import org.jspecify.annotations.NullMarked;
