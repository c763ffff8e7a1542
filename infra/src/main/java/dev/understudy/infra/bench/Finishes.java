package dev.understudy.infra.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When the sequences of one round ended. Owned by one thread at a time. */
final class Finishes {
    /** Fraction of the finishes that is left out at each end. */
    private static final double EDGE = 0.1;

    private final List<Finish> finishes = new ArrayList<>();

    private record Finish(Instant at, int tokens) {}

    /**
     * One more sequence.
     *
     * @param tokens length of its completion
     */
    void add(Instant at, int tokens) {
        finishes.add(new Finish(at, tokens));
    }

    int count() {
        return finishes.size();
    }

    /** Tokens of all sequences. */
    long tokens() {
        return finishes.stream().mapToLong(Finish::tokens).sum();
    }

    /**
     * Tokens a second between the first and the last tenth of the finishes: neither the start, where no row is full
     * yet, nor the end, where rows stay empty, count.
     */
    double tokensPerSecond() {
        List<Finish> sorted =
                finishes.stream().sorted(Comparator.comparing(Finish::at)).toList();
        int from = (int) (sorted.size() * EDGE);
        int to = (int) (sorted.size() * (1 - EDGE));
        long tokens = 0;
        for (int i = from + 1; i <= to; i++) {
            tokens += sorted.get(i).tokens();
        }
        Duration span = Duration.between(sorted.get(from).at(), sorted.get(to).at());
        return tokens * 1e9 / span.toNanos();
    }
}
