package dev.understudy.flink.swap;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.lm.LanguageModel;

/**
 * A proved model, ready to serve. Whoever holds it closes the model.
 *
 * @param id its checkpoint
 * @param model opened for decoding
 * @param proof what was checked, in one phrase
 * @param loadMillis time that loading and proving took, milliseconds
 */
public record ModelVersion(CheckpointId id, LanguageModel model, String proof, long loadMillis) {}
