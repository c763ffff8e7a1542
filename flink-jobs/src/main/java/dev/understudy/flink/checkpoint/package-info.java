/**
 * Publishes accepted candidates exactly once: the sink carries staged directories, its committer renames each into the
 * checkpoint store after a completed Flink checkpoint and then announces it. Follows gate, feeds swap; entry type
 * {@link dev.understudy.flink.checkpoint.CheckpointSink}.
 */
@NullMarked
package dev.understudy.flink.checkpoint;

import org.jspecify.annotations.NullMarked;
