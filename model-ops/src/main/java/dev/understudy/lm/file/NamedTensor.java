package dev.understudy.lm.file;

/**
 * One single-precision tensor with its name on disk. Arrays are not copied; the caller must not modify them.
 *
 * @param name Hugging Face name, for example {@code model.norm.weight}
 * @param shape sizes, outermost first; empty for a scalar
 * @param values row-major elements
 */
public record NamedTensor(String name, int[] shape, float[] values) {
    public NamedTensor {
        if (elements(shape) != values.length) {
            throw new IllegalArgumentException(
                    "[BUG] tensor " + name + " has " + values.length + " values for " + elements(shape));
        }
    }

    /** Number of elements of a shape. */
    static int elements(int[] shape) {
        int product = 1;
        for (int size : shape) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }
}
