/**
 * Main classes, their settings and the graphs that they run: the only package that builds Flink topologies. Entry types
 * {@link dev.understudy.flink.job.ServingJob} and {@link dev.understudy.flink.job.ServingGraph}.
 */
@NullMarked
package dev.understudy.flink.job;

import org.jspecify.annotations.NullMarked;
