package dev.understudy.decode;

import dev.understudy.decode.ask.AskConfig;
import java.util.List;

/**
 * Settings of one decoder.
 *
 * @param rows most sequences B that are decoded at once, at least 1
 * @param prefillTokens most prompt tokens that one step feeds, at least 1: bounds how long a burst of prompts delays
 *     the running rows
 * @param endIds tokens that end every completion (the model's end token)
 * @param ask how the teacher is used
 */
public record DecodeConfig(int rows, int prefillTokens, List<Integer> endIds, AskConfig ask) {
    public DecodeConfig {
        endIds = List.copyOf(endIds);
        if (rows < 1 || prefillTokens < 1) {
            throw new IllegalArgumentException("decode.rows is " + rows + " and decode.prefill-tokens is "
                    + prefillTokens + "; both must be at least 1.");
        }
    }

    /** 512 prefill tokens a step. */
    public static DecodeConfig of(int rows, List<Integer> endIds, AskConfig ask) {
        return new DecodeConfig(rows, 512, endIds, ask);
    }
}
