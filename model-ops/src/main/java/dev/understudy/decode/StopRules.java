package dev.understudy.decode;

import dev.understudy.token.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a completion ends, and what its text is. Owned by the task thread. */
final class StopRules {
    private final List<Integer> endIds;
    private final Tokenizer tokenizer;

    StopRules(List<Integer> endIds, Tokenizer tokenizer) {
        this.endIds = endIds;
        this.tokenizer = tokenizer;
    }

    /**
     * Why the sequence ends with its newest token; null when it goes on.
     *
     * @param context most tokens of prompt and completion together
     */
    @Nullable StopReason after(Sequence sequence, int context) {
        int last = sequence.lastId();
        if (endIds.contains(last)) {
            return StopReason.END;
        }
        if (sequence.prompt.sampling().stopIds().contains(last)) {
            return StopReason.STOP_ID;
        }
        // Only prompts with stop texts pay for decoding after each token.
        List<String> stops = sequence.prompt.sampling().stopTexts();
        if (!stops.isEmpty() && firstOf(stops, tokenizer.decode(sequence.completionIds())) >= 0) {
            return StopReason.STOP_TEXT;
        }
        if (sequence.size() >= sequence.prompt.maxTokens()) {
            return StopReason.MAX_TOKENS;
        }
        return sequence.length() >= context ? StopReason.CONTEXT : null;
    }

    /** Text of a finished sequence: without the token that ended it, cut before a stop text. */
    String text(Sequence sequence) {
        int[] ids = sequence.completionIds();
        if (sequence.stop == StopReason.END || sequence.stop == StopReason.STOP_ID) {
            ids = Arrays.copyOf(ids, ids.length - 1);
        }
        String text = tokenizer.decode(ids);
        return sequence.stop == StopReason.STOP_TEXT
                ? text.substring(0, firstOf(sequence.prompt.sampling().stopTexts(), text))
                : text;
    }

    private static int firstOf(List<String> stops, String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }
}
