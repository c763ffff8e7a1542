/**
 * The large model as the student sees it: looks, replies, the append-only log of calls by which budgets are judged, and
 * the teacher on the same engine. Used by decode; entry type {@link dev.understudy.teacher.Teacher}.
 */
@NullMarked
package dev.understudy.teacher;

import org.jspecify.annotations.NullMarked;
