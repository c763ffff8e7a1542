package dev.understudy.lm.shape;

/**
 * The shape of a Llama-like decoder, as {@code config.json} states it.
 *
 * @param width hidden size d
 * @param layers number of decoder blocks
 * @param heads query heads H
 * @param keyValueHeads key/value heads, a divisor of {@code heads}
 * @param headSize size D of one head
 * @param feedForward inner size F of the gated feed-forward block
 * @param vocabulary number of token ids V
 * @param context largest number of positions
 * @param tiedHead true when the output head is the embedding
 * @param normEpsilon epsilon of RMSNorm
 * @param architecture family and what it changes
 */
public record ModelShape(
        int width,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int feedForward,
        int vocabulary,
        int context,
        boolean tiedHead,
        double normEpsilon,
        Architecture architecture) {
    public ModelShape {
        if (width < 1 || layers < 1 || heads < 1 || keyValueHeads < 1 || headSize < 2 || feedForward < 1) {
            throw new IllegalArgumentException("Model shape has a size below its minimum: width=" + width + " layers="
                    + layers + " heads=" + heads + " keyValueHeads=" + keyValueHeads + " headSize=" + headSize
                    + " feedForward=" + feedForward + ". Correct config.json.");
        }
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("Model shape has " + heads + " heads and " + keyValueHeads
                    + " key/value heads; the first must be a multiple of the second. Correct config.json.");
        }
        if (vocabulary < 1 || context < 1) {
            throw new IllegalArgumentException("Model shape has vocabulary " + vocabulary + " and context " + context
                    + "; both must be positive.");
        }
    }

    /** A plain Llama with rotary base {@code ropeBase}. */
    public ModelShape(
            int width,
            int layers,
            int heads,
            int keyValueHeads,
            int headSize,
            int feedForward,
            int vocabulary,
            int context,
            boolean tiedHead,
            double ropeBase,
            double normEpsilon) {
        this(
                width,
                layers,
                heads,
                keyValueHeads,
                headSize,
                feedForward,
                vocabulary,
                context,
                tiedHead,
                normEpsilon,
                Architecture.llama(ropeBase));
    }
}
