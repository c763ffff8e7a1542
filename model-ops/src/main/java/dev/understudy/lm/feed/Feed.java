package dev.understudy.lm.feed;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.Scores;

/**
 * One forward pass on top of a cache, by whatever computes.
 *
 * @param <C> the cache that it reads and extends
 */
public interface Feed<C extends KvCache> {
    /**
     * Appends tokens and reports some of them. Everything was checked.
     *
     * @param rows [at least count] row of each token; those of one row in order
     * @param ids [at least count] the tokens
     * @param kept tokens whose figures go to entries {@code first}.. of out, ascending; may be none
     */
    void feed(C cache, int[] rows, int[] ids, int count, int[] kept, Scores out, int first);

    /** Most tokens of one call when the longest of their rows is {@code length} tokens long at its end. */
    int chunk(int length);
}
