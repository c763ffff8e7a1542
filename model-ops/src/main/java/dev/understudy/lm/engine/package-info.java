/**
 * Where models and trainers come from: the installed engine, its devices and how fast this machine is. The engines
 * stand in {@code lm.djl} and {@code lm.vector}; entry type {@link dev.understudy.lm.engine.Engine}.
 */
@NullMarked
package dev.understudy.lm.engine;

import org.jspecify.annotations.NullMarked;
