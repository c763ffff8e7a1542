package dev.understudy.lm.vector;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.shape.ModelShape;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Keys and values on the Java heap, in pages of {@value #POSITIONS} positions of one row in all layers, so that memory
 * follows the tokens in use. Kwon et al., "Efficient Memory Management for Large Language Model Serving with
 * PagedAttention" (SOSP 2023), section 4. Within a page each layer and key/value head has its keys (D, positions) and
 * then its values (positions, D): both ways round, attention adds vectors and never sums across one. Pages that a row
 * gives back are kept for the next, at most as many as are in use.
 */
final class VectorCache implements KvCache {
    /** Positions of a page; a multiple of every vector's length. */
    static final int POSITIONS = 64;

    private final int[] lengths;
    private final float[][][] tables;
    private final ArrayDeque<float[]> free = new ArrayDeque<>();
    private final int pageFloats;
    private int used;

    VectorCache(ModelShape shape, int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("A cache of " + rows + " rows was asked for, expected at least 1.");
        }
        lengths = new int[rows];
        tables = new float[rows][][];
        Arrays.fill(tables, new float[0][]);
        pageFloats = Math.multiplyExact(shape.layers(), headFloats(shape) * shape.keyValueHeads());
    }

    /** Floats of one head in one layer of a page; a vector may read past its last value. */
    static int headFloats(ModelShape shape) {
        int behind = VectorMath.padded(shape.headSize()) - shape.headSize();
        return 2 * valuesAt(shape) + behind;
    }

    /** Where the values of a head begin, behind its keys. */
    static int valuesAt(ModelShape shape) {
        return POSITIONS * shape.headSize();
    }

    /** The pages of a row, in order. */
    float[][] pages(int row) {
        return tables[row];
    }

    /** Sees to it that {@code row} has pages for {@code length} tokens. */
    void reserve(int row, int length) {
        int wanted = pagesFor(length);
        float[][] table = tables[row];
        if (wanted > table.length) {
            float[][] longer = Arrays.copyOf(table, wanted);
            for (int i = table.length; i < wanted; i++) {
                float[] page = free.poll();
                longer[i] = page == null ? new float[pageFloats] : page;
                used++;
            }
            tables[row] = longer;
        }
    }

    private static int pagesFor(int length) {
        return (length + POSITIONS - 1) / POSITIONS;
    }

    void append(int row) {
        lengths[row]++;
    }

    /** Pages on the heap, those in use and those that are free. */
    int pages() {
        return used + free.size();
    }

    @Override
    public int rows() {
        return lengths.length;
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }

    @Override
    public void truncate(int row, int length) {
        if (length < 0 || length > lengths[row]) {
            throw new IllegalArgumentException(
                    "Cannot truncate row " + row + " to " + length + " tokens, it holds " + lengths[row] + ".");
        }
        lengths[row] = length;
        int wanted = pagesFor(length);
        float[][] table = tables[row];
        if (wanted < table.length) {
            for (int i = wanted; i < table.length; i++) {
                used--;
                free.push(table[i]);
            }
            tables[row] = Arrays.copyOf(table, wanted);
        }
        while (free.size() > Math.max(used, lengths.length)) {
            free.pop();
        }
    }

    @Override
    public void close() {
        Arrays.fill(tables, new float[0][]);
        free.clear();
        used = 0;
    }
}
