/**
 * Training rounds: a frozen snapshot of signals and replay becomes a candidate checkpoint in bounded steps. Stands
 * between signal and gate; entry type {@link dev.understudy.distil.Round}.
 */
@NullMarked
package dev.understudy.distil;

import org.jspecify.annotations.NullMarked;
