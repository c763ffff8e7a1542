package dev.understudy.prompt;

/** Identity of a prompt, chosen by the caller; completions carry it back. At most 200 characters, not blank. */
public record PromptId(String value) {
    public PromptId {
        if (value.isBlank() || value.length() > 200) {
            throw new IllegalArgumentException("Prompt id has " + value.length()
                    + " characters; expected 1 to 200 that are not all blank. Send another id.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
