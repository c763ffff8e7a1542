package dev.understudy.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cache of a hand-written model: it keeps the tokens of each row. */
final class TokenRows implements KvCache {
    private final List<int[]> tokens = new ArrayList<>();
    private final int context;
    private final Runnable closing;
    private boolean open = true;

    /**
     * @param context most tokens of a row
     * @param closing run when it is closed the first time
     */
    TokenRows(int rows, int context, Runnable closing) {
        for (int i = 0; i < rows; i++) {
            tokens.add(new int[0]);
        }
        this.context = context;
        this.closing = closing;
    }

    /** Adds a token and returns all of the row. */
    int[] append(int row, int id) {
        if (!open) {
            throw new IllegalStateException("closed");
        }
        int[] before = tokens.get(row);
        if (before.length == context) {
            throw new IllegalArgumentException("row " + row + " is full");
        }
        int[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = id;
        tokens.set(row, after);
        return after;
    }

    @Override
    public int rows() {
        return tokens.size();
    }

    @Override
    public int length(int row) {
        return tokens.get(row).length;
    }

    @Override
    public void truncate(int row, int length) {
        tokens.set(row, Arrays.copyOf(tokens.get(row), Math.min(length, length(row))));
    }

    @Override
    public void close() {
        if (open) {
            closing.run();
        }
        open = false;
    }
}
