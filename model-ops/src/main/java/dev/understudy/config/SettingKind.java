package dev.understudy.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which texts a setting accepts, and what they become. A reader refuses a text by an {@link IllegalArgumentException},
 * whose own words are dropped: the reader of settings says what was expected instead.
 *
 * @param allowed the accepted texts in words, such as "a whole number from 1 to 64"
 * @param read text to value
 * @param show value to the text that reads back as it
 */
public record SettingKind<T>(String allowed, Function<String, T> read, Function<T, String> show) {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,12}) ?(ms|s|min|h|d)");

    /** Any text, blank ones excepted. */
    public static SettingKind<String> text() {
        return new SettingKind<>("a text", text -> require(text, !text.isBlank()), text -> text);
    }

    /** A path of the file system of whoever runs the job. */
    public static SettingKind<String> path() {
        return new SettingKind<>("a path", SettingKind::checkedPath, text -> text);
    }

    /** {@code true} or {@code false}. */
    public static SettingKind<Boolean> flag() {
        return new SettingKind<>("true or false", SettingKind::readFlag, value -> Boolean.toString(value));
    }

    /** A whole number in [least, most]. */
    public static SettingKind<Long> whole(long least, long most) {
        String range = most == Long.MAX_VALUE ? " of at least " + least : " from " + least + " to " + most;
        return new SettingKind<>(
                least == Long.MIN_VALUE ? "a whole number" : "a whole number" + range,
                text -> {
                    long value = Long.parseLong(text);
                    return require(value, value >= least && value <= most);
                },
                value -> Long.toString(value));
    }

    /** A whole number in [least, most] that fits an int. */
    public static SettingKind<Integer> count(int least, int most) {
        SettingKind<Long> wide = whole(least, most == Integer.MAX_VALUE ? Long.MAX_VALUE : most);
        return new SettingKind<>(
                wide.allowed,
                text -> Math.toIntExact(checkedInt(wide.read.apply(text))),
                value -> Integer.toString(value));
    }

    /** A number in [least, most]. */
    public static SettingKind<Double> number(double least, double most) {
        String allowed = Double.isInfinite(most)
                ? "a number of at least " + shown(least)
                : "a number from " + shown(least) + " to " + shown(most);
        return new SettingKind<>(
                allowed,
                text -> {
                    double value = Double.parseDouble(text);
                    return require(value, value >= least && value <= most && Double.isFinite(value));
                },
                SettingKind::shown);
    }

    /** A number above {@code floor}, up to {@code most}. */
    public static SettingKind<Double> numberAbove(double floor, double most) {
        String allowed = "a number above " + shown(floor) + (Double.isInfinite(most) ? "" : ", up to " + shown(most));
        return new SettingKind<>(
                allowed,
                text -> {
                    double value = Double.parseDouble(text);
                    return require(value, value > floor && value <= most && Double.isFinite(value));
                },
                SettingKind::shown);
    }

    /** A length of time of at least {@code least}: {@code 500ms}, {@code 10s}, {@code 1min}, {@code 2h}, ISO 8601. */
    public static SettingKind<Duration> duration(Duration least) {
        return new SettingKind<>(
                "a time of at least " + shown(least) + ", such as 10s or 1min",
                text -> {
                    Duration value = readDuration(text);
                    return require(value, value.compareTo(least) >= 0);
                },
                SettingKind::shown);
    }

    /** One of an enum's constants, in lower case with dashes. */
    public static <E extends Enum<E>> SettingKind<E> choice(Class<E> constants) {
        return choice(EnumSet.allOf(constants));
    }

    /** One of these constants of an enum, in lower case with dashes. */
    public static <E extends Enum<E>> SettingKind<E> choice(Set<E> constants) {
        return new SettingKind<>(
                "one of " + constants.stream().map(SettingKind::shown).collect(Collectors.joining(", ")),
                text -> constants.stream()
                        .filter(one -> shown(one).equalsIgnoreCase(text.replace('_', '-')))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new),
                SettingKind::shown);
    }

    /** Any number of values of {@code one}, separated by commas; none for an empty text. */
    public static <T> SettingKind<List<T>> list(SettingKind<T> one) {
        return new SettingKind<>(
                "a list, each " + one.allowed,
                text -> text.isBlank()
                        ? List.of()
                        : Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .map(one.read)
                                .toList(),
                values -> values.stream().map(one.show).collect(Collectors.joining(",")));
    }

    private static <T> T require(T value, boolean accepted) {
        if (!accepted) {
            throw new IllegalArgumentException(String.valueOf(value));
        }
        return value;
    }

    private static long checkedInt(long value) {
        return require(value, value == (int) value);
    }

    private static boolean readFlag(String text) {
        return require(text, text.equals("true") || text.equals("false")).equals("true");
    }

    private static String checkedPath(String text) {
        try {
            return require(text, !Path.of(text).toString().isBlank());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Duration readDuration(String text) {
        Matcher shortForm = SHORT_DURATION.matcher(text);
        if (shortForm.matches()) {
            long number = Long.parseLong(shortForm.group(1));
            return switch (shortForm.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "min" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String shown(Duration value) {
        long millis = value.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 60 != 0 || seconds == 0) {
            return seconds + "s";
        }
        return seconds % 3_600 != 0 ? seconds / 60 + "min" : seconds / 3_600 + "h";
    }

    private static String shown(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
