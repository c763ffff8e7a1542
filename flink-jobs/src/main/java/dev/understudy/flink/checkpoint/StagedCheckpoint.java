package dev.understudy.flink.checkpoint;

/**
 * A sealed checkpoint that waits in the store's staging area for its rename.
 *
 * @param checkpointId id under which it is staged and will be published
 */
public record StagedCheckpoint(String checkpointId) {}
