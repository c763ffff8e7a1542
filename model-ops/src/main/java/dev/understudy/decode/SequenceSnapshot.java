package dev.understudy.decode;

import dev.understudy.prompt.Prompt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sequence in flight as operator state holds it. Everything else (key/value rows, a look under way) is made anew: a
 * resumed sequence feeds prompt and tokens again, and a look that was under way is paid again.
 *
 * @param prompt the request
 * @param version student version that decoded so far; empty before the first step
 * @param written tokens so far
 * @param help help so far
 * @param stop set when all tokens are written and only the last look of the teacher is missing
 * @param startedAt when it was admitted to the decoder for the first time
 * @param resumed how often it was resumed from a snapshot
 */
public record SequenceSnapshot(
        Prompt prompt,
        String version,
        WrittenTokens written,
        HelpUsed help,
        @Nullable StopReason stop,
        Instant startedAt,
        int resumed) {}
