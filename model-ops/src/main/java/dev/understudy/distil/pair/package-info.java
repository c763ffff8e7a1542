/**
 * Training on a file of prompts with their completions: read and checked line by line, encoded, dealt out in batches,
 * and, where a teacher is asked, with its laws recorded once. Entry types {@link dev.understudy.distil.pair.PairFile}
 * and {@link dev.understudy.distil.pair.PairBatches}; used by the training command.
 */
@NullMarked
package dev.understudy.distil.pair;

import org.jspecify.annotations.NullMarked;
