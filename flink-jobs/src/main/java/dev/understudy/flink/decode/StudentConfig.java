package dev.understudy.flink.decode;

import dev.understudy.lm.Kernel;
import java.io.Serializable;
import java.util.List;

/**
 * The student that a serving job starts with, and how it is run.
 *
 * @param initialId checkpoint id of the version that serves until another is assigned
 * @param initialDirectory its Hugging Face directory; also gives the tokenizer
 * @param storeDirectory root of the checkpoint store that later versions come from
 * @param kernel how weights are multiplied
 * @param endIds token ids that end every completion; empty for the model's own end token
 * @param rows most sequences that one subtask decodes at once, at least 1
 */
public record StudentConfig(
        String initialId, String initialDirectory, String storeDirectory, Kernel kernel, List<Integer> endIds, int rows)
        implements Serializable {
    public StudentConfig {
        endIds = List.copyOf(endIds);
        if (rows < 1 || rows > 1024) {
            throw new IllegalArgumentException("decode.rows is " + rows + "; expected 1 to 1024.");
        }
    }
}
