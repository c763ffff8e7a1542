package dev.understudy.checkpoint;

/**
 * One file of a checkpoint.
 *
 * @param path name inside the checkpoint directory, no folders
 * @param sha256 of the content, lower-case hexadecimal
 * @param size in bytes
 */
public record CheckpointFile(String path, String sha256, long size) {}
