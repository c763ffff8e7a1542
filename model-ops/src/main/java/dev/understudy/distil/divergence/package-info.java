/**
 * The divergences between two next-token laws that distillation can minimise, each with its exact value and gradient in
 * double precision and with the form in which the engine computes it. Entry type
 * {@link dev.understudy.distil.divergence.Divergence}; used by rounds, training commands and evaluation.
 */
@NullMarked
package dev.understudy.distil.divergence;

import org.jspecify.annotations.NullMarked;
