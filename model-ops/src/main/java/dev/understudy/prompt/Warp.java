package dev.understudy.prompt;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a model's logits before a token is chosen, in this order, which is that of transformers: bias,
 * repetition penalty, temperature, top-k, top-p, min-p. The first two also count for greedy choices.
 *
 * @param temperature logits are divided by it, at least 0; 0 is greedy: the largest logit
 * @param topK only the k most probable tokens, and those as probable as the last of them; 0 is no limit
 * @param topP smallest set of tokens with at least this mass of what top-k left, in (0, 1]; 1 is no limit
 * @param minP only tokens at least this share as probable as the most probable one, in [0, 1]; 0 is no limit
 * @param repetitionPenalty positive logits of tokens in prompt and completion are divided by it and negative ones
 *     multiplied, above 0; 1 is none (Keskar et al. 2019, "CTRL", section 4.1)
 * @param bias logits added by token id, finite
 */
public record Warp(
        double temperature, int topK, double topP, double minP, double repetitionPenalty, Map<Integer, Double> bias) {
    /** The most probable token. */
    public static final Warp GREEDY = new Warp(0, 0, 1, 0, 1, Map.of());

    /** More entries than any caller needs, few enough to go through at every token. */
    private static final int MOST_BIASES = 1024;

    public Warp {
        bias = Map.copyOf(bias);
    }

    /** True when the choice is the argmax of the model's own logits. */
    public boolean isPlainGreedy() {
        return temperature == 0 && repetitionPenalty == 1 && bias.isEmpty();
    }

    /** The first impossible setting: name, found, expected; empty when there is none. */
    public Optional<String> objection() {
        String wrong = outside("temperature", temperature, temperature >= 0, "0 (greedy) or more");
        wrong = wrong != null ? wrong : outside("topK", topK, topK >= 0, "0 (no limit) or more");
        wrong = wrong != null ? wrong : outside("topP", topP, topP > 0 && topP <= 1, "above 0, at most 1");
        wrong = wrong != null ? wrong : outside("minP", minP, minP >= 0 && minP <= 1, "0 (no limit) to 1");
        boolean penalty = repetitionPenalty > 0 && repetitionPenalty < 1e6;
        wrong = wrong != null ? wrong : outside("repetitionPenalty", repetitionPenalty, penalty, "above 0, 1 for none");
        wrong = wrong != null
                ? wrong
                : outside("biases", bias.size(), bias.size() <= MOST_BIASES, "at most " + MOST_BIASES);
        for (Map.Entry<Integer, Double> entry : bias.entrySet()) {
            boolean finite = Math.abs(entry.getValue()) <= 1e6;
            wrong = wrong != null
                    ? wrong
                    : outside("bias of id " + entry.getKey(), entry.getValue(), finite, "-1e6 to 1e6");
        }
        return Optional.ofNullable(wrong);
    }

    private static @Nullable String outside(String name, double found, boolean possible, String expected) {
        boolean fine = possible && !Double.isInfinite(found);
        String value = found == Math.rint(found) && Math.abs(found) < 1e9 ? Long.toString((long) found) : "" + found;
        return fine ? null : name + " " + value + "; expected " + expected;
    }
}
