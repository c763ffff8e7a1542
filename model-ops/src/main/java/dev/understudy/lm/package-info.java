/**
 * Language models as the rest of the product sees them: shapes, batches, scores, the engine that opens and trains them.
 * Nothing here knows which library computes; {@code lm.djl} does. Used by every later stage; entry type
 * {@link dev.understudy.lm.Engine}.
 */
@NullMarked
package dev.understudy.lm;

import org.jspecify.annotations.NullMarked;
