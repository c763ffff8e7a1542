package dev.understudy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads settings from {@code key=value} texts, one by one, and keeps every problem until {@link #finish}: whoever
 * starts a job learns all that is wrong at once. Not thread safe; owned by whoever parses the arguments.
 */
public final class SettingsReader {
    private final Map<String, String> given = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** @param arguments texts {@code key=value} */
    public SettingsReader(String... arguments) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                problems.add("'" + argument + "' is not key=value");
            } else if (given.put(argument.substring(0, equals), argument.substring(equals + 1)) != null) {
                problems.add(argument.substring(0, equals) + " is given twice");
            }
        }
    }

    /**
     * The value given, or the default. A wrong or missing value is a problem, and {@code standIn} lets the reading go
     * on.
     */
    public <T> T read(Setting<T> setting, T standIn) {
        return readKey(setting, setting.key(), standIn);
    }

    /** The value given, or the default, for a setting that has one. */
    public <T> T read(Setting<T> setting) {
        return readKey(setting, setting.key(), defaultOf(setting));
    }

    /** The value given for {@code name}; {@code standIn} as in {@link #read(Setting, Object)}. */
    public <T> T readNamed(Setting<T> setting, String name, T standIn) {
        return readKey(setting, setting.keyOf(name), standIn);
    }

    /** The value given for {@code name}, or the default, for a setting that has one. */
    public <T> T readNamed(Setting<T> setting, String name) {
        return readKey(setting, setting.keyOf(name), defaultOf(setting));
    }

    /** All names that stand in place of the level in angle brackets of at least one of these settings. */
    public SortedSet<String> names(List<? extends Setting<?>> group) {
        SortedSet<String> names = new TreeSet<>();
        for (String key : given.keySet()) {
            for (Setting<?> setting : group) {
                int end = key.length() - setting.after().length();
                if (key.startsWith(setting.before())
                        && key.endsWith(setting.after())
                        && end > setting.before().length()) {
                    names.add(key.substring(setting.before().length(), end));
                }
            }
        }
        return names;
    }

    /** Takes a setting out because it means nothing beside the others; a problem when it was given. */
    public void refuse(Setting<?> setting, String reason) {
        if (given.remove(setting.key()) != null) {
            problems.add(setting.key() + " has no effect: " + reason);
        }
    }

    /** Adds a problem that lies between settings. */
    public void problem(String text) {
        problems.add(text);
    }

    /**
     * Ends the reading and builds the result.
     *
     * @param what the reader of these settings, such as "the serving job"
     * @param result called only when no problem was found
     * @throws SettingsException naming every unknown, missing, malformed or contradictory setting
     */
    public <T> T finish(String what, Supplier<T> result) {
        given.keySet().forEach(key -> problems.add(key + " is unknown"));
        if (problems.isEmpty()) {
            try {
                return result.get();
            } catch (IllegalArgumentException contradiction) {
                problems.add(String.valueOf(contradiction.getMessage()));
            }
        }
        throw new SettingsException(what, problems);
    }

    private <T> T readKey(Setting<T> setting, String key, T standIn) {
        String text = given.remove(key);
        if (text == null) {
            T fallback = setting.fallback();
            if (fallback == null) {
                problems.add(key + " is missing; expected " + setting.kind().allowed());
                return standIn;
            }
            return fallback;
        }
        try {
            return setting.kind().read().apply(text.strip());
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(key + " is '" + text + "'; expected " + setting.kind().allowed());
            return standIn;
        }
    }

    private static <T> T defaultOf(Setting<T> setting) {
        T fallback = setting.fallback();
        if (fallback == null) {
            throw new IllegalStateException("[BUG] setting " + setting.key() + " has no default");
        }
        return fallback;
    }
}
