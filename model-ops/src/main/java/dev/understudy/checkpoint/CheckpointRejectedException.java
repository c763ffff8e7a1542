package dev.understudy.checkpoint;

/** A checkpoint that must not be used: what was tried, found, expected, and the remedy. Retrying does not help. */
public final class CheckpointRejectedException extends RuntimeException {
    public CheckpointRejectedException(String message) {
        super(message);
    }

    public CheckpointRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
