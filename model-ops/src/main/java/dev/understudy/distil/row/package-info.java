/**
 * How a student learns to ask by its own vocabulary: demonstrations from what its teacher read, steps of the engine's
 * trainer on them, and prices by free decoding. Follows {@code distil.ask}; entry type
 * {@link dev.understudy.distil.row.RowLearning}.
 */
@NullMarked
package dev.understudy.distil.row;

import org.jspecify.annotations.NullMarked;
