package dev.understudy.flink.distil;

import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.lm.engine.Engine;
import java.time.InstantSource;

/**
 * What rounds work with.
 *
 * @param config settings
 * @param engine opens and trains models
 * @param store where candidates are staged
 * @param student tokenizer and template, the same for all versions
 * @param clock processing time
 */
record RoundTools(
        DistilOperatorConfig config, Engine engine, FileCheckpointStore store, Student student, InstantSource clock) {}
