/**
 * Measurements that compare two sides in one run, alternately, because absolute figures of a shared machine mean
 * little. Entry type {@link dev.understudy.infra.bench.PipelineBench}.
 */
@NullMarked
package dev.understudy.infra.bench;

import org.jspecify.annotations.NullMarked;
