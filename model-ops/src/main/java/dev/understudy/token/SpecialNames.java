package dev.understudy.token;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a vocabulary's special tokens, and how such a text is quoted: by one U+FDD0 behind its first character.
 * That code point is a noncharacter, which Unicode reserves for the inside of programs. Immutable.
 */
public final class SpecialNames {
    /** The mark of quotation. */
    public static final char MARK = '\uFDD0';

    private static final char REPLACEMENT = '\uFFFD';

    private final Map<Character, List<String>> byFirst = new HashMap<>();

    /** Names of special tokens; empty ones are ignored. */
    public SpecialNames(Collection<String> names) {
        for (String name : names) {
            if (!name.isEmpty()) {
                byFirst.computeIfAbsent(name.charAt(0), first -> new ArrayList<>())
                        .add(name);
            }
        }
        // the longest one wins where several begin at one place, as in the tokenizers library
        byFirst.values()
                .forEach(list ->
                        list.sort(Comparator.comparingInt(String::length).reversed()));
    }

    /** The text with every name in it quoted; see {@link Tokenizer#quote}. */
    public String quote(String text) {
        String free = text.replace(MARK, REPLACEMENT);
        StringBuilder out = null;
        for (int i = 0; i < free.length(); i++) {
            boolean name = nameAt(free, i) != null;
            if (out == null && name) {
                out = new StringBuilder(free.length() + 16).append(free, 0, i);
            }
            if (out == null) {
                continue;
            }
            out.append(free.charAt(i));
            // behind a pair of surrogates, so that no character is cut
            if (name && Character.isHighSurrogate(free.charAt(i)) && i + 1 < free.length()) {
                out.append(free.charAt(++i));
            }
            if (name) {
                out.append(MARK);
            }
        }
        return out == null ? free : out.toString();
    }

    /** True when something in the text is quoted. */
    public boolean isQuoted(String text) {
        return text.indexOf(MARK) >= 0;
    }

    /**
     * The text without marks, and with every name that is not quoted replaced.
     *
     * @param replacement new text of each name
     */
    public String unquote(String text, Map<String, String> replacement) {
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            String name = nameAt(text, i);
            if (name != null && replacement.containsKey(name)) {
                out.append(replacement.get(name));
                i += name.length();
            } else {
                if (text.charAt(i) != MARK) {
                    out.append(text.charAt(i));
                }
                i++;
            }
        }
        return out.toString();
    }

    /** The longest name that begins at {@code at} and is not quoted there; null when there is none. */
    private @Nullable String nameAt(String text, int at) {
        for (String name : byFirst.getOrDefault(text.charAt(at), List.of())) {
            int end = at + name.length();
            // a name of one character has its mark behind it and not inside
            boolean marked =
                    name.codePointCount(0, name.length()) == 1 && end < text.length() && text.charAt(end) == MARK;
            if (text.startsWith(name, at) && !marked) {
                return name;
            }
        }
        return null;
    }
}
