package dev.understudy.workload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Typing errors that keep the answer a function of the prompt: a letter is dropped or swapped with the next one, never
 * the first, and only where the intended word stays the unique nearest entry of the lexicon.
 */
final class Misspelling {
    private static final Map<String, List<String>> CANDIDATES = candidates();

    private Misspelling() {}

    /** Misspells each eligible word of a text with probability {@code rate}. */
    static String apply(SplittableRandom random, String text, double rate) {
        if (rate <= 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        while (start <= text.length()) {
            int space = text.indexOf(' ', start);
            int end = space < 0 ? text.length() : space;
            out.append(word(random, text.substring(start, end), rate));
            if (space >= 0) {
                out.append(' ');
            }
            start = end + 1;
        }
        return out.toString();
    }

    private static String word(SplittableRandom random, String word, double rate) {
        String core = core(word);
        List<String> errors = CANDIDATES.get(core);
        if (errors == null || errors.isEmpty() || random.nextDouble() >= rate) {
            return word;
        }
        return word.replace(core, errors.get(random.nextInt(errors.size())));
    }

    /** The word without the punctuation that templates put around it. */
    static String core(String word) {
        int start = 0;
        int end = word.length();
        while (start < end && word.charAt(start) == '(') {
            start++;
        }
        while (end > start && ",:;?)".indexOf(word.charAt(end - 1)) >= 0) {
            end--;
        }
        return word.substring(start, end);
    }

    private static Map<String, List<String>> candidates() {
        Map<String, List<String>> all = new HashMap<>();
        for (String word : Lexicon.MISSPELT) {
            List<String> errors = new ArrayList<>();
            for (int i = 1; i < word.length(); i++) {
                offer(errors, word, word.substring(0, i) + word.substring(i + 1));
                if (i + 1 < word.length()) {
                    offer(
                            errors,
                            word,
                            word.substring(0, i) + word.charAt(i + 1) + word.charAt(i) + word.substring(i + 2));
                }
            }
            all.put(word, List.copyOf(errors));
        }
        return Map.copyOf(all);
    }

    private static void offer(List<String> errors, String word, String candidate) {
        boolean unique = Lexicon.MISSPELT.stream()
                .allMatch(other -> other.equals(word) || SpellingDistance.between(candidate, other) > 1);
        if (!candidate.equals(word) && !errors.contains(candidate) && unique) {
            errors.add(candidate);
        }
    }
}
