package dev.understudy.prompt;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Filters whose result differs from Python's in the template library. Stateless. */
enum PythonFilter implements Filter {
    TRIM {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            String characters = positional.isEmpty() ? null : positional.get(0).toString();
            return PythonText.stripEnd(PythonText.stripStart(PythonText.printed(value), characters), characters);
        }
    },
    LENGTH {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            return size(value);
        }
    },
    COUNT {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            return size(value);
        }
    },
    STRING {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            return PythonText.printed(value);
        }
    },
    ITEMS {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            return value instanceof Map<?, ?> map ? new ArrayList<>(map.entrySet()) : List.of();
        }
    },
    JOIN {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            String between = positional.isEmpty() ? "" : PythonText.printed(positional.get(0));
            if (!(value instanceof Collection<?> list) || positional.size() > 1 || !named.isEmpty()) {
                throw new TemplateException(
                        "filter join got no list or an attribute, expected a list and a text between; "
                                + "use map before it");
            }
            return list.stream().map(PythonText::printed).collect(Collectors.joining(between));
        }
    },
    TOJSON {
        @Override
        Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named) {
            Object indent = positional.isEmpty() ? named.get("indent") : positional.get(0);
            return PythonText.json(value, indent instanceof Number blanks ? blanks.intValue() : -1);
        }
    };

    abstract @Nullable Object apply(@Nullable Object value, List<Object> positional, Map<String, Object> named);

    private static long size(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        String text = PythonText.printed(value);
        return text.codePointCount(0, text.length());
    }

    @Override
    public String getName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public @Nullable Object filter(
            @Nullable Object value, JinjavaInterpreter interpreter, Object[] positional, Map<String, Object> named) {
        return apply(value, List.of(positional), named);
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... positional) {
        throw new IllegalStateException("[BUG] filter " + getName() + " called without its named arguments");
    }
}
