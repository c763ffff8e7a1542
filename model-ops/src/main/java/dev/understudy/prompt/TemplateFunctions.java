package dev.understudy.prompt;

import org.jspecify.annotations.Nullable;

/** The functions that a chat template may call; public because the template library calls them by reflection. */
public final class TemplateFunctions {
    private TemplateFunctions() {}

    /**
     * What {@code raise_exception} does: the template refuses the chat.
     *
     * @throws TemplateException always
     */
    @SuppressWarnings("DoNotCallSuggester") // templates call it by its name
    public static Object raise(@Nullable Object message) {
        throw new TemplateException("the template says '" + message
                + "', expected a chat as the model was trained on; change its messages");
    }

    /** What {@code {{ value }}} prints. */
    public static String printed(@Nullable Object value) {
        return PythonText.printed(value);
    }
}
