package dev.understudy.infra.cli;

import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.infra.exit.UsageException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Tokens as a user gives them on the command line: ids or a text, checked against the model. */
final class TokenInput {
    private TokenInput() {}

    /**
     * The tokens.
     *
     * @param ids numbers between commas, or null
     * @param text taken as transformers takes it: special tokens in it count, and the tokenizer adds its own; or null
     * @param more tokens that must still fit into the model's context behind them
     * @throws UsageException when both or none are given, or when they do not fit the model
     */
    static int[] of(ModelOnDisk model, @Nullable String ids, @Nullable String text, int more) {
        if ((ids == null) == (text == null)) {
            throw new UsageException("Found " + (ids == null ? "neither --ids nor" : "both --ids and")
                    + " --prompt; expected one of them. Give token ids or a text.");
        }
        int[] tokens = ids != null ? parse(ids) : model.tokenizer().encodeWithSpecials(String.valueOf(text));
        return checked(model, tokens, more);
    }

    /** @throws UsageException when there is no token, one is unknown, or they do not fit into the context */
    static int[] checked(ModelOnDisk model, int[] tokens, int more) {
        int vocabulary = model.model().shape().vocabulary();
        int context = model.model().shape().context();
        if (tokens.length == 0) {
            throw new UsageException("The prompt has no token; expected at least one. Give a longer one.");
        }
        for (int id : tokens) {
            if (id < 0 || id >= vocabulary) {
                throw new UsageException("Found token id " + id + "; the model in " + model.directory()
                        + " has ids 0 to " + (vocabulary - 1) + ". Encode with its own tokenizer.");
            }
        }
        if ((long) tokens.length + more > context) {
            throw new UsageException("The prompt has " + tokens.length + " tokens"
                    + (more > 0 ? " and wants " + more + " more" : "") + "; the model in " + model.directory()
                    + " holds " + context + " in all. Shorten it.");
        }
        return tokens;
    }

    private static int[] parse(String ids) {
        try {
            return Arrays.stream(ids.split(",", -1))
                    .mapToInt(id -> Integer.parseInt(id.strip()))
                    .toArray();
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "--ids is '" + ids + "'; expected whole numbers between commas, like 1,2,3. Correct it.");
        }
    }
}
