package dev.understudy.lm.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;

/**
 * Keys and values in pages: a page holds as many positions of one row as a head has dimensions, in every layer, so that
 * memory follows the tokens in use whatever the lengths of the rows. Kwon et al., "Efficient Memory Management for
 * Large Language Model Serving with PagedAttention" (SOSP 2023), section 4. The pool of pages doubles when none is
 * free, and when three quarters are, half of what remains is free. Page 0 stays zero and stands where a row has fewer
 * pages than another.
 */
final class LibtorchCache implements KvCache {
    private final ModelShape shape;
    private final TorchProgram program;
    private final IValue weights;
    private final int[] lengths;
    /** For each row its pages in order, as many as its length needs. */
    private final int[][] tables;

    private final int smallest;
    private int capacity;
    private int[] free;
    private int freeCount;
    private IValue pages;
    private IValue pool;
    /** Raised by every change of a table. */
    private int version;

    private int[] placedRows = {};
    private int placedVersion = -1;
    private IValue placed = IValue.from(0L);

    /** @param weights of the model, which say on which device and in which number format the pages are */
    LibtorchCache(ModelShape shape, int rows, TorchProgram program, IValue weights) {
        if (rows < 1) {
            throw new IllegalArgumentException("A cache of " + rows + " rows was asked for, expected at least 1.");
        }
        this.shape = shape;
        this.program = program;
        this.weights = weights;
        lengths = new int[rows];
        tables = new int[rows][];
        Arrays.fill(tables, new int[0]);
        smallest = rows + 1;
        capacity = smallest;
        free = new int[capacity];
        freeFrom(1);
        pages = zeros(capacity);
        pool = program.call("pool", pages);
    }

    private IValue zeros(int count) {
        try (IValue size = IValue.from((long) count)) {
            return program.call("pages", weights, size);
        }
    }

    /** Makes the pages from {@code first} on free, the lowest to be taken first. */
    private void freeFrom(int first) {
        for (int id = capacity - 1; id >= first; id--) {
            free[freeCount++] = id;
        }
    }

    /** Pages of native memory, those in use and those that are free. */
    int capacity() {
        return capacity;
    }

    /** The pages, as the program takes them; valid until the next {@link #reserve} or {@link #truncate}. */
    IValue pool() {
        return pool;
    }

    /** Pages that {@code length} tokens need. */
    int pagesFor(int length) {
        return (length + shape.headSize() - 1) / shape.headSize();
    }

    /** The page of a position for which room was reserved. */
    int page(int row, int position) {
        return tables[row][position / shape.headSize()];
    }

    /** Sees to it that {@code row} has pages for {@code length} tokens. */
    void reserve(int row, int length) {
        int[] table = tables[row];
        int wanted = pagesFor(length);
        if (wanted <= table.length) {
            return;
        }
        int missing = wanted - table.length;
        if (missing > freeCount) {
            grow(missing - freeCount);
        }
        int[] longer = Arrays.copyOf(table, wanted);
        for (int i = table.length; i < wanted; i++) {
            longer[i] = free[--freeCount];
        }
        tables[row] = longer;
        version++;
    }

    /** What the program looks up for tokens of {@code rows}, one each; made again only when rows or pages changed. */
    IValue places(int[] rows, int count, int most) {
        if (placedVersion != version || !Arrays.equals(placedRows, 0, placedRows.length, rows, 0, count)) {
            int[] flat = new int[count * most];
            for (int i = 0; i < count; i++) {
                System.arraycopy(tables[rows[i]], 0, flat, i * most, Math.min(most, tables[rows[i]].length));
            }
            try (NDManager scope = program.manager().newSubManager();
                    IValue table = IValue.from((PtNDArray) scope.create(flat, new Shape(count, most)))) {
                IValue made = program.call("lookups", table);
                placed.close();
                placed = made;
            }
            placedRows = Arrays.copyOf(rows, count);
            placedVersion = version;
        }
        return placed;
    }

    void append(int row, int count) {
        lengths[row] += count;
    }

    private void grow(int missing) {
        int old = capacity;
        long[] kept = new long[old];
        Arrays.setAll(kept, i -> i);
        move(kept, Math.max(2 * old, old + missing));
        free = Arrays.copyOf(free, capacity);
        freeFrom(old);
    }

    private void shrink() {
        long[] kept = new long[capacity - freeCount];
        int next = 1;
        int[][] moved = new int[tables.length][];
        for (int row = 0; row < tables.length; row++) {
            moved[row] = new int[tables[row].length];
            for (int i = 0; i < moved[row].length; i++) {
                kept[next] = tables[row][i];
                moved[row][i] = next++;
            }
        }
        move(kept, Math.max(smallest, 2 * kept.length));
        System.arraycopy(moved, 0, tables, 0, moved.length);
        free = new int[capacity];
        freeCount = 0;
        freeFrom(next);
    }

    /** Gives the pool another size; page {@code kept[i]} becomes page i. */
    private void move(long[] kept, int count) {
        IValue moved = zeros(count);
        try (NDManager scope = program.manager().newSubManager();
                IValue ids = IValue.from((PtNDArray) scope.create(kept))) {
            program.call("move_pages", pages, moved, ids).close();
        }
        pages.close();
        pool.close();
        pages = moved;
        pool = program.call("pool", pages);
        capacity = count;
        version++;
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
        int[] table = tables[row];
        int wanted = pagesFor(length);
        if (wanted < table.length) {
            for (int i = table.length - 1; i >= wanted; i--) {
                free[freeCount++] = table[i];
            }
            tables[row] = Arrays.copyOf(table, wanted);
            version++;
        }
        if (capacity > smallest && freeCount >= capacity / 4 * 3) {
            shrink();
        }
    }

    @Override
    public void close() {
        placed.close();
        pool.close();
        pages.close();
    }
}
