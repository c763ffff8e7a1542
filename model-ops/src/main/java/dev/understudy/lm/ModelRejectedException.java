package dev.understudy.lm;

/**
 * A model directory that must not be used as it is. The message is one sentence: file, field or tensor, found,
 * expected, remedy.
 */
public final class ModelRejectedException extends RuntimeException {
    public ModelRejectedException(String message) {
        super(message);
    }

    public ModelRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
