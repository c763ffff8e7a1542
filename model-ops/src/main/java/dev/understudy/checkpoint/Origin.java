package dev.understudy.checkpoint;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a checkpoint comes from.
 *
 * @param parent checkpoint that training began at; null for the first one
 * @param verdict why it was published, in one sentence
 * @param trainedOn training records
 * @param settings of the round, by key
 * @param codeVersion of the product
 * @param createdAt when the candidate was sealed
 */
public record Origin(
        @Nullable CheckpointId parent,
        String verdict,
        List<OffsetRange> trainedOn,
        Map<String, String> settings,
        String codeVersion,
        Instant createdAt) {
    public Origin {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(codeVersion, "codeVersion");
        Objects.requireNonNull(createdAt, "createdAt");
        trainedOn = List.copyOf(trainedOn);
        settings = Map.copyOf(settings);
    }
}
