package dev.understudy.flink.prompt;

import dev.understudy.prompt.Sampling;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as a caller submitted it: readable, not yet checked.
 *
 * @param id identity as given
 * @param tenant who asks
 * @param workload unit of prices, gates and reports
 * @param text prompt text; null when token ids are given
 * @param tokenIds prompt token ids; null when a text is given. Not copied
 * @param sampling as given
 * @param maxTokens as given
 * @param consent whether it may be learnt from
 * @param submittedAt when the caller sent it
 */
public record Submission(
        String id,
        String tenant,
        String workload,
        @Nullable String text,
        int @Nullable [] tokenIds,
        Sampling sampling,
        int maxTokens,
        boolean consent,
        Instant submittedAt) {}
