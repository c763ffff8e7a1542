/**
 * The figures that the jobs show while they run, each declared once. Left of every stage in {@code flink}; entry type
 * {@link dev.understudy.flink.metric.LoopMetric}.
 */
@NullMarked
package dev.understudy.flink.metric;

import org.jspecify.annotations.NullMarked;
