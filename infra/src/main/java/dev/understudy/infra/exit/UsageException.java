package dev.understudy.infra.exit;

/**
 * What the user asked for cannot be done as asked; the message is one sentence with the remedy. Leads to exit code 2.
 */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message);
    }
}
