/**
 * The engine on DJL and libtorch, and the only package that imports {@code ai.djl}: one TorchScript program without
 * weights, weights as one list of native tensors, one native call per decode or training step. Everything here owns
 * native memory and says who closes it. Entry type {@link dev.understudy.lm.djl.LibtorchEngine}, found as a service.
 */
@NullMarked
package dev.understudy.lm.djl;

import org.jspecify.annotations.NullMarked;
