package dev.understudy.decode;

import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Id i is the i-th character from {@code 'a'} on. */
final class LetterTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;

    LetterTokenizer(int size) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            tokens.add(decode(new int[] {i}));
        }
        vocabulary = new Vocabulary(tokens, Map.of());
    }

    @Override
    public int[] encode(String text) {
        return text.chars().map(c -> c - 'a').toArray();
    }

    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append((char) ('a' + id));
        }
        return text.toString();
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void close() {}
}
