package dev.understudy.prompt;

import org.jspecify.annotations.Nullable;

/**
 * A conversation that a model's chat template refuses or cannot render. The message is one sentence: found, expected,
 * remedy.
 */
public final class TemplateException extends RuntimeException {
    TemplateException(String message) {
        super(message);
    }

    TemplateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
