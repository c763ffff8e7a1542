package dev.understudy.decode;

import dev.understudy.token.TextStream;
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
        if (writesStopText(sequence)) {
            return StopReason.STOP_TEXT;
        }
        if (sequence.size() >= sequence.prompt.maxTokens()) {
            return StopReason.MAX_TOKENS;
        }
        return sequence.length() >= context ? StopReason.CONTEXT : null;
    }

    /** Only prompts with stop texts pay for decoding after each token, and only for the newest ones. */
    private boolean writesStopText(Sequence sequence) {
        List<String> stops = sequence.prompt.sampling().stopTexts();
        if (stops.isEmpty()) {
            return false;
        }
        TextStream stream = sequence.stream == null ? new TextStream(tokenizer) : sequence.stream;
        sequence.stream = stream;
        int longest = stops.stream().mapToInt(String::length).max().orElse(0);
        int from = Math.max(0, stream.text().length() - longest + 1);
        while (sequence.streamed < sequence.size()) {
            stream.add(sequence.id(sequence.streamed++));
        }
        return firstOf(stops, stream.text(), from) >= 0;
    }

    /** Text of a finished sequence: without the token that ended it, cut before a stop text. */
    String text(Sequence sequence) {
        int[] ids = sequence.completionIds();
        if (sequence.stop == StopReason.END || sequence.stop == StopReason.STOP_ID) {
            ids = Arrays.copyOf(ids, ids.length - 1);
        }
        String text = tokenizer.decode(ids);
        int cut = sequence.stop == StopReason.STOP_TEXT
                ? firstOf(sequence.prompt.sampling().stopTexts(), text, 0)
                : -1;
        return cut >= 0 ? text.substring(0, cut) : text;
    }

    private static int firstOf(List<String> stops, String text, int from) {
        return stops.stream()
                .mapToInt(stop -> text.indexOf(stop, from))
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }
}
