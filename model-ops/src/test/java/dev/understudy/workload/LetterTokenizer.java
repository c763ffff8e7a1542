package dev.understudy.workload;

import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A stand-in with one id a character, shifted by the two special tokens, which stand as letters ETX and US. */
final class LetterTokenizer implements Tokenizer {
    static final String SEPARATOR = "\u001f";

    @Override
    public int[] encode(String text) {
        return text.chars().map(c -> c == '\u001f' ? 1 : c + 2).toArray();
    }

    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        Arrays.stream(ids).filter(id -> id > 1).forEach(id -> text.append((char) (id - 2)));
        return text.toString();
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(List.of("<eos>", "<sep>"), Map.of("<eos>", 0, "<sep>", 1));
    }

    @Override
    public void close() {
        // nothing is held
    }
}
