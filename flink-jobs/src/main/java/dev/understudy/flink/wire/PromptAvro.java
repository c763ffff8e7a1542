package dev.understudy.flink.wire;

import dev.understudy.flink.prompt.Submission;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import dev.understudy.wire.prompt.TokenBias;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prompt records as submissions. Thread safe. */
public final class PromptAvro {
    private final WireCodec<PromptSubmitted> codec = WireCodec.of(PromptSubmitted.class);

    /**
     * The submission in the bytes of a record.
     *
     * @throws WireException when they are no prompt record
     */
    public Submission read(byte[] value) throws WireException {
        PromptSubmitted record = codec.decode(value);
        SamplingChoice sampling = record.getSampling();
        return new Submission(
                record.getId(),
                record.getTenant(),
                record.getWorkload(),
                record.getText(),
                record.getTokenIds() == null
                        ? null
                        : record.getTokenIds().stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                new Sampling(
                        new Warp(
                                sampling.getTemperature(),
                                sampling.getTopK(),
                                sampling.getTopP(),
                                sampling.getMinP(),
                                sampling.getRepetitionPenalty(),
                                bias(sampling.getBias())),
                        sampling.getSeed(),
                        sampling.getStopIds(),
                        sampling.getStopTexts()),
                record.getMaxTokens(),
                record.getConsent(),
                record.getSubmittedAt());
    }

    /** Entries of one id add up, as they would in the logits. */
    private static Map<Integer, Double> bias(List<TokenBias> entries) {
        Map<Integer, Double> bias = new HashMap<>();
        entries.forEach(entry -> bias.merge(entry.getTokenId(), entry.getBias(), Double::sum));
        return bias;
    }
}
