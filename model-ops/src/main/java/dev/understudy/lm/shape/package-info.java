/**
 * What a model is before it has weights: its sizes and what tells the families apart. Entry type
 * {@link dev.understudy.lm.shape.ModelShape}.
 */
@NullMarked
package dev.understudy.lm.shape;

import org.jspecify.annotations.NullMarked;
