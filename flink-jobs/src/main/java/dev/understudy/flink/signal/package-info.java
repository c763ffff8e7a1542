/**
 * What the distillation job hears: interventions, verified answers, assignments and commands as one sealed input. Fed
 * by wire, read by distil; entry type {@link dev.understudy.flink.signal.DistilInput}.
 */
@NullMarked
package dev.understudy.flink.signal;

import org.jspecify.annotations.NullMarked;
