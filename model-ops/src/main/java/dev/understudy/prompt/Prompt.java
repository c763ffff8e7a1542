package dev.understudy.prompt;

import java.time.Instant;

/**
 * A request that passed validation. The array is not copied; the caller must not modify it.
 *
 * @param id identity
 * @param tenant whose budget pays
 * @param workload unit of prices, gates and reports
 * @param tokenIds template-rendered prompt as ids of the student's vocabulary, at least one
 * @param sampling how tokens are chosen
 * @param maxTokens most completion tokens, at least 1
 * @param consent whether the prompt may be learnt from
 * @param submittedAt when the caller sent it
 */
public record Prompt(
        PromptId id,
        String tenant,
        String workload,
        int[] tokenIds,
        Sampling sampling,
        int maxTokens,
        boolean consent,
        Instant submittedAt) {}
