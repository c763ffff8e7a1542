package dev.understudy.distil;

import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Draws sequences with replacement: first a group by its weight, then a member evenly. Immutable; the generator is the
 * caller's.
 */
final class WeightedDraw {
    private static final double MOST_OF_ONE_TENANT = 0.25;

    private final List<List<LabelledSequence>> groups;
    private final double[] cumulative;

    private WeightedDraw(List<List<LabelledSequence>> groups, double[] shares) {
        this.groups = groups;
        cumulative = shares.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
    }

    /** Even over sequences, except that one tenant gets at most max(0.25, 1 / tenants) of the draws. */
    static WeightedDraw byTenant(List<LabelledSequence> sequences) {
        List<List<LabelledSequence>> groups = group(sequences, LabelledSequence::tenant);
        double[] shares = groups.stream()
                .mapToDouble(group -> (double) group.size() / sequences.size())
                .toArray();
        cap(shares, Math.max(MOST_OF_ONE_TENANT, 1.0 / Math.max(1, shares.length)));
        return new WeightedDraw(groups, shares);
    }

    /** A sequence counts as much as its workload's weight, 1 where none is named. */
    static WeightedDraw byWorkload(List<LabelledSequence> sequences, Map<String, Double> weights) {
        List<List<LabelledSequence>> groups = group(sequences, LabelledSequence::workload);
        double[] shares = groups.stream()
                .mapToDouble(group ->
                        group.size() * weights.getOrDefault(group.get(0).workload(), 1.0))
                .toArray();
        return new WeightedDraw(groups, shares);
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    LabelledSequence next(RandomGenerator random) {
        double at = random.nextDouble() * cumulative[cumulative.length - 1];
        int chosen = 0;
        while (chosen < cumulative.length - 1 && cumulative[chosen] <= at) {
            chosen++;
        }
        List<LabelledSequence> group = groups.get(chosen);
        return group.get(random.nextInt(group.size()));
    }

    private static List<List<LabelledSequence>> group(
            List<LabelledSequence> sequences, Function<LabelledSequence, String> key) {
        Map<String, List<LabelledSequence>> groups = new TreeMap<>();
        for (LabelledSequence sequence : sequences) {
            groups.computeIfAbsent(key.apply(sequence), name -> new ArrayList<>())
                    .add(sequence);
        }
        return List.copyOf(groups.values());
    }

    /** Cuts shares at the cap and gives the rest to the others in proportion, until all obey. */
    private static void cap(double[] shares, double most) {
        boolean[] capped = new boolean[shares.length];
        for (int pass = 0; pass < shares.length; pass++) {
            double free = 1;
            double rest = 0;
            for (int i = 0; i < shares.length; i++) {
                free -= capped[i] ? most : 0;
                rest += capped[i] ? 0 : shares[i];
            }
            boolean changed = false;
            for (int i = 0; i < shares.length; i++) {
                if (!capped[i]) {
                    shares[i] = rest == 0 ? 0 : shares[i] * free / rest;
                }
            }
            for (int i = 0; i < shares.length; i++) {
                if (!capped[i] && shares[i] > most + 1e-12) {
                    shares[i] = most;
                    capped[i] = true;
                    changed = true;
                }
            }
            if (!changed) {
                return;
            }
        }
    }
}
