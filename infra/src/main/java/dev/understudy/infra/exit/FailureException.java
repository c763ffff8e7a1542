package dev.understudy.infra.exit;

/**
 * A command that was asked for correctly and failed; the message is one sentence with the remedy. Leads to exit code 1.
 */
public final class FailureException extends RuntimeException {
    public FailureException(String message) {
        super(message);
    }

    public FailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
