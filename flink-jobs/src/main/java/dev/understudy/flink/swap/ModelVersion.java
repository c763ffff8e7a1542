package dev.understudy.flink.swap;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.lm.LanguageModel;

/**
 * A proved model, ready to serve. Whoever holds it closes the model.
 *
 * @param id its checkpoint
 * @param model opened for decoding
 * @param head its learned scorer of positions; {@link AskHead#NONE} where its directory has none. Owned by the thread
 *     that decodes
 * @param proof what was checked, in one phrase
 * @param loadMillis time that loading and proving took, milliseconds
 */
public record ModelVersion(CheckpointId id, LanguageModel model, AskHead head, String proof, long loadMillis) {}
