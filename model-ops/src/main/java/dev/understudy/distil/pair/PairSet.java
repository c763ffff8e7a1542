package dev.understudy.distil.pair;

import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.token.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pairs of a file as token ids, numbered from 0 in file order: the rendered prompt, and the completion closed by
 * the end token.
 *
 * @param pairs token ids
 * @param problems one sentence a pair that is too long, bounded like those of a {@link PairFile}
 */
public record PairSet(List<Pair> pairs, List<String> problems) {
    public PairSet {
        pairs = List.copyOf(pairs);
        problems = List.copyOf(problems);
    }

    /**
     * Encodes a file.
     *
     * @param template how a prompt is put before the model
     * @param endId id of the end token
     * @param context most tokens of prompt and completion together; the end token is never read, so it is not counted
     */
    public static PairSet encode(PairFile file, Tokenizer tokenizer, PromptTemplate template, int endId, int context) {
        List<Pair> pairs = new ArrayList<>(file.pairs().size());
        LineProblems problems = new LineProblems(file.file());
        for (PairFile.Text text : file.pairs()) {
            int[] prompt = template.render(tokenizer, text.prompt());
            int[] completion = tokenizer.encode(text.completion());
            int[] answer = Arrays.copyOf(completion, completion.length + 1);
            answer[completion.length] = endId;
            if (prompt.length + completion.length > context) {
                problems.add(
                        text.line(),
                        (prompt.length + completion.length) + " tokens",
                        "at most " + context + " in prompt and completion together",
                        "shorten it or raise model.context");
            } else {
                pairs.add(new Pair(prompt, answer));
            }
        }
        return new PairSet(pairs, problems.sentences());
    }

    /** Answer tokens of all pairs. */
    public long answerTokens() {
        return pairs.stream().mapToLong(pair -> pair.answer().length).sum();
    }
}
