/**
 * The mathematics of asking under a constraint: the factored policy's terms, path residuals with their gradients, the
 * reward of an ask and the multiplier that holds its use. Arrays and numbers only; {@code distil.ask} trains networks
 * with it. Entry type {@link dev.understudy.distil.path.PathResiduals}.
 */
@NullMarked
package dev.understudy.distil.path;

import org.jspecify.annotations.NullMarked;
