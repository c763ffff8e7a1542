package dev.understudy.lm.shape;

/**
 * Which projections of every layer add a bias.
 *
 * @param queryKeyValue on the query, key and value projections
 * @param output on the projection that follows attention
 * @param feedForward on the gate, up and down projections
 */
public record Biases(boolean queryKeyValue, boolean output, boolean feedForward) {
    public static final Biases NONE = new Biases(false, false, false);
}
