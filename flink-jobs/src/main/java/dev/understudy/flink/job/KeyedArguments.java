package dev.understudy.flink.job;

import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** Arguments {@code key=value}, taken one by one; all problems are named at once at the end. */
final class KeyedArguments {
    private final Map<String, String> given = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    KeyedArguments(String... arguments) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                problems.add("'" + argument + "' is not key=value");
            } else if (given.put(argument.substring(0, equals), argument.substring(equals + 1)) != null) {
                problems.add("'" + argument.substring(0, equals) + "' is given twice");
            }
        }
    }

    /** A text that must be there. */
    String required(String key) {
        String value = given.remove(key);
        if (value == null || value.isBlank()) {
            problems.add("'" + key + "' is missing");
            return "";
        }
        return value;
    }

    /** A text that may be missing. */
    String text(String key, String fallback) {
        String value = given.remove(key);
        return value == null ? fallback : value;
    }

    /** A value of another kind that may be missing. */
    <T> T value(String key, T fallback, Function<String, T> parser) {
        String value = given.remove(key);
        return value == null ? fallback : parsed(key, value, fallback, parser);
    }

    /** All values whose keys begin with {@code prefix}, by the rest of the key. */
    <T> Map<String, T> values(String prefix, T example, Function<String, T> parser) {
        Map<String, T> values = new TreeMap<>();
        for (String key : List.copyOf(given.keySet())) {
            if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), parsed(key, given.remove(key), example, parser));
            }
        }
        return values;
    }

    private <T> T parsed(String key, String value, T example, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException | DateTimeParseException | IndexOutOfBoundsException e) {
            problems.add("'" + key + "' is '" + value + "', not like '" + example + "'");
            return example;
        }
    }

    /** A number that may be missing; what {@code make} says against it becomes the problem. */
    <T> T number(String key, double fallback, DoubleFunction<T> make) {
        String value = given.remove(key);
        if (value != null) {
            try {
                return make.apply(Double.parseDouble(value));
            } catch (NumberFormatException e) {
                problems.add("'" + key + "' is '" + value + "', not like '" + fallback + "'");
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return make.apply(fallback);
    }

    /** Takes a key out because it means nothing here; names it a problem when it was given. */
    void refuse(String key, String reason) {
        if (given.remove(key) != null) {
            problems.add("'" + key + "' has no effect: " + reason);
        }
    }

    /** Names a problem that a caller found. */
    void problem(String text) {
        problems.add(text);
    }

    /**
     * Ends the reading.
     *
     * @throws IllegalArgumentException naming every unknown, missing or malformed argument
     */
    void finish(String job) {
        given.keySet().forEach(key -> problems.add("'" + key + "' is unknown"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Cannot start the " + job + ": " + String.join("; ", problems)
                    + ". Correct the arguments; the configuration page lists them.");
        }
    }
}
