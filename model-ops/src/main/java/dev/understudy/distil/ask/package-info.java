/**
 * How a student's ask head is learnt: evidence from the teacher's laws, doubt and mending by
 * {@link dev.understudy.distil.ask.HeadLearning}, the entry type, prices along held-out texts and by free decoding, and
 * stage 2 with paths of the student's own. Follows {@code decode} and {@code distil.path}.
 */
@NullMarked
package dev.understudy.distil.ask;

import org.jspecify.annotations.NullMarked;
