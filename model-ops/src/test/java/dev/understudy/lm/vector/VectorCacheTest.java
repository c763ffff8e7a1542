package dev.understudy.lm.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.shape.ModelShape;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VectorCacheTest {
    private static final ModelShape SHAPE = new ModelShape(16, 2, 2, 1, 8, 32, 50, 512, true, 10_000, 1e-5);

    @Test
    void pagesFollowTheTokensInUse() {
        VectorCache cache = new VectorCache(SHAPE, 2);
        fill(cache, 0, 300);
        assertThat(cache.pages()).isEqualTo(5);
        cache.truncate(0, 65);
        assertThat(cache.length(0)).isEqualTo(65);
        assertThat(cache.pages(0).length).isEqualTo(2);
        assertThat(cache.pages()).as("two in use, two kept").isEqualTo(4);
        fill(cache, 1, 64);
        assertThat(cache.pages()).as("a kept page is used again").isEqualTo(4);
        cache.truncate(0, 0);
        cache.truncate(1, 0);
        assertThat(cache.pages()).as("as many as rows are kept").isEqualTo(2);
        cache.close();
        assertThat(cache.pages()).isZero();
    }

    @Test
    void whatARowKeepsIsUntouched() {
        VectorCache cache = new VectorCache(SHAPE, 1);
        fill(cache, 0, 200);
        float[] first = cache.pages(0)[0];
        cache.truncate(0, 10);
        fill(cache, 0, 100);
        assertThat(cache.pages(0)[0]).isSameAs(first);
    }

    @Test
    void noTwoRowsShareAPage() {
        VectorCache cache = new VectorCache(SHAPE, 3);
        fill(cache, 0, 300);
        cache.truncate(0, 70);
        fill(cache, 1, 200);
        fill(cache, 2, 200);
        fill(cache, 0, 100);
        Set<float[]> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        int pages = 0;
        for (int row = 0; row < 3; row++) {
            Collections.addAll(distinct, cache.pages(row));
            pages += cache.pages(row).length;
        }
        assertThat(distinct).hasSize(pages);
    }

    @Test
    void aRowCannotBeCutToMoreThanItHolds() {
        VectorCache cache = new VectorCache(SHAPE, 1);
        assertThatThrownBy(() -> cache.truncate(0, 1)).hasMessageContaining("it holds 0");
        assertThatThrownBy(() -> new VectorCache(SHAPE, 0)).hasMessageContaining("at least 1");
    }

    private static void fill(VectorCache cache, int row, int tokens) {
        for (int i = 0; i < tokens && cache.length(row) < 512; i++) {
            cache.reserve(row, cache.length(row) + 1);
            cache.append(row);
        }
    }
}
