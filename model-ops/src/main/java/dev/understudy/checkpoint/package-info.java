/**
 * Published model checkpoints: their identity, manifest, proof and the store that makes them appear whole or not at
 * all. Stands between gate and swap; entry type {@link dev.understudy.checkpoint.FileCheckpointStore}.
 */
@NullMarked
package dev.understudy.checkpoint;

import org.jspecify.annotations.NullMarked;
