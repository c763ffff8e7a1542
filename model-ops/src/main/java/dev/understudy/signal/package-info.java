/**
 * What an intervention teaches: tokens with their authors and the teacher's distributions wherever it looked. Stands
 * between decode and distil; entry type {@link dev.understudy.signal.Intervention}.
 */
@NullMarked
package dev.understudy.signal;

import org.jspecify.annotations.NullMarked;
