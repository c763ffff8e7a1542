package dev.understudy.config;

import java.util.List;

/** Settings that cannot be used; the message names every problem, one a line, each with what was expected. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    SettingsException(String what, List<String> problems) {
        super("Cannot use the settings of " + what + ":\n  - " + String.join("\n  - ", problems)
                + "\nCorrect them; docs/configuration.md lists every setting.");
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order in which it was found. */
    public List<String> problems() {
        return problems;
    }
}
