/**
 * Which version serves: the operator that assigns it, and the part of a decoding subtask that loads, proves and swaps
 * it in. Last stage of the flow, feeding {@code flink.decode} again; entry types
 * {@link dev.understudy.flink.swap.VersionAssignerOperator} and {@link dev.understudy.flink.swap.ModelSwap}.
 */
@NullMarked
package dev.understudy.flink.swap;

import org.jspecify.annotations.NullMarked;
