package dev.understudy.prompt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Rewrites a template so that it needs no whitespace control: what Jinja's lexer strips under {@code trim_blocks},
 * {@code lstrip_blocks} and the {@code -} and {@code +} signs is taken out of the text here, comments are dropped, and
 * every printed expression goes through {@link PythonText#printed}. The JVM implementation strips otherwise (also a
 * blank between a word and a block on one line), and prints truth values in lower case.
 *
 * <p>Rules: Jinja 3.1, "Template Designer Documentation", section "Whitespace Control". Not thread safe; one use.
 */
final class TemplateText {
    /** Name of the function that prints a value as Python does. */
    static final String PRINT = "as_python_text";

    private static final int DEEPEST = 50;
    private static final int LONGEST = 1 << 20;
    private static final int LONGEST_TAG = 10_000;
    private static final Set<String> BLOCKS = Set.of("for", "if", "macro", "call", "filter");

    private final String source;
    private final StringBuilder out = new StringBuilder();
    private int at;
    /** Whether the text from {@code at} on begins a line. */
    private boolean lineStart = true;

    private final Deque<String> blocks = new ArrayDeque<>();

    private TemplateText(String source) {
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** @throws TemplateException when a tag is not closed, or is of a form that would be rendered otherwise */
    static String normalised(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException("it has " + source.length() + " characters, expected at most " + LONGEST
                    + "; shorten the template");
        }
        TemplateText text = new TemplateText(source);
        text.run();
        return text.out.toString();
    }

    private void run() {
        while (at < source.length()) {
            int open = nextOpening(at);
            if (open < 0) {
                out.append(source, at, source.length());
                return;
            }
            char kind = source.charAt(open + 1);
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            out.append(source, at, keptUntil(open, kind, sign));
            int inside = open + 2 + (sign == '-' || sign == '+' ? 1 : 0);
            int close = closing(open, inside, kind);
            boolean signed = close > inside && (source.charAt(close - 1) == '-' || source.charAt(close - 1) == '+');
            String body = source.substring(inside, signed ? close - 1 : close);
            requireShort(body);
            write(kind, body.strip());
            at = close + 2;
            skipAfter(kind, signed ? source.charAt(close - 1) : ' ');
        }
    }

    /** The library's parser takes quadratic time and a stack frame for each bracket. */
    private static void requireOrdinary(int depth) {
        if (depth > DEEPEST) {
            throw new TemplateException(
                    "it is nested more than " + DEEPEST + " deep, expected an ordinary template; simplify it");
        }
    }

    private static void requireShort(String body) {
        if (body.length() > LONGEST_TAG) {
            throw new TemplateException(
                    "a tag has " + body.length() + " characters, expected at most " + LONGEST_TAG + "; split the tag");
        }
    }

    private int nextOpening(int from) {
        int open = source.indexOf('{', from);
        while (open >= 0 && (open + 1 >= source.length() || "{%#".indexOf(source.charAt(open + 1)) < 0)) {
            open = source.indexOf('{', open + 1);
        }
        return open;
    }

    /** End of the text before a tag, after stripping. */
    private int keptUntil(int open, char kind, char sign) {
        int end = open;
        if (sign == '-') {
            while (end > at && PythonText.isSpace(source.charAt(end - 1))) {
                end--;
            }
            return end;
        }
        if (kind == '{' || sign == '+') {
            return open;
        }
        while (end > at && source.charAt(end - 1) != '\n') {
            end--;
        }
        boolean wholeLine = end > at || lineStart;
        return wholeLine && source.substring(end, open).isBlank() ? end : open;
    }

    /** Start of the two closing characters; those inside quotes do not count. */
    private int closing(int open, int from, char kind) {
        char last = kind == '{' ? '}' : kind;
        char quote = 0;
        int depth = 0;
        for (int i = from; i + 1 < source.length(); i++) {
            char c = source.charAt(i);
            if (kind != '#' && quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (kind != '#' && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == last && source.charAt(i + 1) == '}' && depth <= 0) {
                return i;
            } else if (kind != '#') {
                depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
                requireOrdinary(depth);
            }
        }
        String found = source.substring(open, Math.min(source.length(), open + 40));
        throw new TemplateException("the tag '" + found + "' is not closed, expected '" + last + "}'; correct it");
    }

    private void write(char kind, String body) {
        if (kind == '{') {
            out.append("{{ ").append(PRINT).append("(").append(body).append(") }}");
        } else if (kind == '%' && !body.equals("generation") && !body.equals("endgeneration")) {
            // a generation block only marks text for training; at rendering it is its content
            nest(body);
            out.append("{% ").append(body).append(" %}");
        }
    }

    /** Keeps the open blocks, and refuses the forms that the JVM implementation renders as something else. */
    private void nest(String body) {
        String name = body.split("\\W", 2)[0];
        boolean filtered = name.equals("for") && body.contains(" if ") && !body.contains(" else ");
        boolean loopElse = name.equals("else") && "for".equals(blocks.peek());
        if (filtered || loopElse || body.endsWith(" recursive") || name.equals("raw")) {
            throw new TemplateException("the tag '{% " + body + " %}'" + (loopElse ? " of a loop" : "")
                    + " is not rendered here, expected plain loops and conditions; put a condition inside the loop");
        }
        requireOrdinary(blocks.size());
        if (BLOCKS.contains(name) || (name.equals("set") && !body.contains("="))) {
            blocks.push(name);
        } else if (name.equals("end" + blocks.peek())) {
            blocks.pop();
        }
    }

    private void skipAfter(char kind, char sign) {
        int from = at;
        if (sign == '-') {
            while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (kind != '{' && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStart = at > from && source.charAt(at - 1) == '\n';
    }
}
