/**
 * Distillation inside a Flink operator: what it remembers, when a round begins, and a round's training, scoring and
 * verdict as bounded mails. Reads signal, feeds checkpoint; entry type
 * {@link dev.understudy.flink.distil.DistilOperatorFactory}.
 */
@NullMarked
package dev.understudy.flink.distil;

import org.jspecify.annotations.NullMarked;
