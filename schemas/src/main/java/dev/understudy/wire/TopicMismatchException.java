package dev.understudy.wire;

import java.util.List;

/** Topics on the broker that the pipeline cannot work with; the message names each with its remedy. */
public final class TopicMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TopicMismatchException(List<String> problems) {
        super("Cannot use the topics on this broker: " + String.join("; ", problems) + ".");
    }
}
