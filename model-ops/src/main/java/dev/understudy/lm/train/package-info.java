/**
 * Training steps on a model, whole or by adapters: batches, targets, losses and the report of a step. Interfaces and
 * records only; entry type {@link dev.understudy.lm.train.Trainer}.
 */
@NullMarked
package dev.understudy.lm.train;

import org.jspecify.annotations.NullMarked;
