package dev.understudy.checkpoint;

import java.util.List;
import java.util.Objects;

/**
 * What a checkpoint is made of and how to know it again.
 *
 * @param files every file but the manifest, by path
 * @param vocabularyFingerprint hexadecimal fingerprint of its vocabulary
 * @param templateHash sha256 of its chat template in hexadecimal; empty when it has none
 * @param probes questions with known answers
 */
public record Contents(
        List<CheckpointFile> files, String vocabularyFingerprint, String templateHash, List<Probe> probes) {
    public Contents {
        Objects.requireNonNull(vocabularyFingerprint, "vocabularyFingerprint");
        Objects.requireNonNull(templateHash, "templateHash");
        files = List.copyOf(files);
        probes = List.copyOf(probes);
    }
}
