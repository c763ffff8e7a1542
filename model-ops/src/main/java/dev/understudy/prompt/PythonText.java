package dev.understudy.prompt;

import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Values as Python writes them: printed, represented, and as JSON. Stateless; every method is pure. */
final class PythonText {
    private PythonText() {}

    /** What {@code {{ value }}} prints; an undefined value prints nothing. */
    public static String printed(@Nullable Object value) {
        return value == null ? "" : value instanceof CharSequence ? value.toString() : represented(value);
    }

    private static String represented(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner text = new StringJoiner(", ", "{", "}");
            map.forEach((key, element) -> text.add(represented(key) + ": " + represented(element)));
            return text.toString();
        }
        if (value instanceof Collection<?> list) {
            StringJoiner text = new StringJoiner(", ", "[", "]");
            list.forEach(element -> text.add(represented(element)));
            return text.toString();
        }
        return value instanceof CharSequence ? quoted(value.toString()) : value.toString();
    }

    /** Single quotes, unless the text holds one and no double quote. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        out.append(c == quote ? "\\" : "").append(c);
                    }
                }
            }
        }
        return out.append(quote).toString();
    }

    /**
     * JSON as {@code json.dumps(value, ensure_ascii=False)} writes it: a blank after comma and colon.
     *
     * @param indent blanks a level; negative is one line
     */
    static String json(@Nullable Object value, int indent) {
        StringBuilder out = new StringBuilder();
        json(value, indent, 0, out);
        return out.toString();
    }

    private static void json(@Nullable Object value, int indent, int level, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            out.append('{');
            while (entries.hasNext()) {
                Map.Entry<?, ?> entry = entries.next();
                newLine(indent, level + 1, out);
                jsonText(String.valueOf(entry.getKey()), out);
                json(entry.getValue(), indent, level + 1, out.append(": "));
                separate(entries, indent, out);
            }
            close(map.isEmpty(), indent, level, out, '}');
        } else if (value instanceof Collection<?> list) {
            Iterator<?> elements = list.iterator();
            out.append('[');
            while (elements.hasNext()) {
                newLine(indent, level + 1, out);
                json(elements.next(), indent, level + 1, out);
                separate(elements, indent, out);
            }
            close(list.isEmpty(), indent, level, out, ']');
        } else if (value instanceof CharSequence) {
            jsonText(value.toString(), out);
        } else {
            out.append(value);
        }
    }

    private static void separate(Iterator<?> rest, int indent, StringBuilder out) {
        if (rest.hasNext()) {
            out.append(indent < 0 ? ", " : ",");
        }
    }

    private static void newLine(int indent, int level, StringBuilder out) {
        if (indent >= 0) {
            out.append('\n').append(" ".repeat(indent * level));
        }
    }

    private static void close(boolean empty, int indent, int level, StringBuilder out, char bracket) {
        if (!empty) {
            newLine(indent, level, out);
        }
        out.append(bracket);
    }

    private static void jsonText(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> out.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        out.append('"');
    }

    /** White space as {@code str.strip} knows it; more than Java's, since a no-break space counts. */
    static boolean isSpace(char c) {
        return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || Character.isSpaceChar(c);
    }

    static String stripStart(String text, @Nullable String characters) {
        int start = 0;
        while (start < text.length() && strips(text.charAt(start), characters)) {
            start++;
        }
        return text.substring(start);
    }

    static String stripEnd(String text, @Nullable String characters) {
        int end = text.length();
        while (end > 0 && strips(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean strips(char c, @Nullable String characters) {
        return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
    }
}
