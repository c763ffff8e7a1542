/**
 * How asking is learnt: the factored policy, path residuals and prices of constrained path consistency learning, and
 * the training of a student's ask head with them. Follows {@code signal} and {@code decode}; entry type
 * {@link dev.understudy.distil.ask.PathResiduals} for the mathematics.
 */
@NullMarked
package dev.understudy.distil.ask;

import org.jspecify.annotations.NullMarked;
