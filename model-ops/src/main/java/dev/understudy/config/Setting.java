package dev.understudy.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting of a job: key, accepted values, default and meaning, in the one place that reader, messages and the
 * configuration page share.
 *
 * @param key levels joined by dots, words by dashes; a level in angle brackets ({@code budget.tenants.<tenant>.tokens})
 *     stands for any name
 * @param kind accepted values
 * @param fallback value when the setting is not given; null when it must be given
 * @param meaning one sentence with the unit, for the configuration page
 */
public record Setting<T>(
        String key, SettingKind<T> kind, @Nullable T fallback, String meaning) {
    /** A setting that must be given. */
    public static <T> Setting<T> required(String key, SettingKind<T> kind, String meaning) {
        return new Setting<>(key, kind, null, meaning);
    }

    /** A setting with a default. */
    public static <T> Setting<T> of(String key, SettingKind<T> kind, T fallback, String meaning) {
        return new Setting<>(key, kind, fallback, meaning);
    }

    /** The key with {@code name} in place of the level in angle brackets. */
    String keyOf(String name) {
        return before() + name + after();
    }

    String before() {
        int open = key.indexOf('<');
        if (open < 0) {
            throw new IllegalStateException("[BUG] setting " + key + " has no level in angle brackets");
        }
        return key.substring(0, open);
    }

    String after() {
        return key.substring(key.indexOf('>') + 1);
    }

    /** The default as the configuration page shows it. */
    String shownFallback() {
        if (fallback == null) {
            return "must be given";
        }
        String text = kind.show().apply(fallback);
        return text.isEmpty() ? "none" : text;
    }
}
