/**
 * A decoder that computes in the JVM itself, with its vector instructions (JEP 414): no native call, no operation that
 * costs more than its arithmetic, and figures that do not depend on what else is in the batch.
 */
@NullMarked
package dev.understudy.lm.vector;

import org.jspecify.annotations.NullMarked;
