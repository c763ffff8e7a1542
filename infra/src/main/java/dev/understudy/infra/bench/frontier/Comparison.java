package dev.understudy.infra.bench.frontier;

import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.FrontierReport.Lead;
import dev.understudy.infra.bench.frontier.FrontierReport.Point;
import dev.understudy.infra.bench.frontier.FrontierReport.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Learned asking and its rivals on the same weights, all seeds together. */
final class Comparison {
    private static final Set<String> BLOCKS = Set.of("bild", "speculative");
    private static final int RESAMPLES = 2000;
    private static final double TAIL = 0.025;

    /** Which rivals count. */
    private enum Field {
        /** Those that decide each token as it is written. */
        DECIDING("deciding"),
        /** Those too that let the teacher read blocks. */
        ALL("all");

        private final String title;

        Field(String title) {
            this.title = title;
        }
    }

    private final String learned;
    private final List<List<Cell.Point>> seeds;

    /**
     * @param learned name of the policy that has rivals
     * @param seeds points of each seed, at least one seed
     */
    Comparison(String learned, List<List<Cell.Point>> seeds) {
        this.learned = learned;
        this.seeds = seeds;
    }

    /** Every policy at every share of a cost. */
    List<Policy> policies(Cost cost) {
        List<Policy> policies = new ArrayList<>();
        for (String name : names()) {
            List<Point> points = new ArrayList<>();
            for (double share : Measuring.SHARES) {
                points.add(point(share, found(name, cost.title(), share)));
            }
            policies.add(new Policy(name, points));
        }
        return policies;
    }

    /** Leads of learned asking at every share above 0, by both costs. */
    List<Lead> leads() {
        List<Lead> leads = new ArrayList<>();
        for (Cost cost : Cost.values()) {
            for (double share : Measuring.SHARES) {
                if (share > 0) {
                    for (Field field : Field.values()) {
                        leads.add(lead(cost.title(), share, field));
                    }
                }
            }
        }
        return leads;
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        seeds.get(0).forEach(point -> names.add(point.policy()));
        return names;
    }

    /** One point a seed. */
    private List<Cell.Point> found(String policy, String axis, double share) {
        List<Cell.Point> found = new ArrayList<>();
        for (List<Cell.Point> points : seeds) {
            for (Cell.Point point : points) {
                boolean wanted = point.policy().equals(policy) && point.axis().equals(axis) && point.share() == share;
                if (wanted) {
                    found.add(point);
                }
            }
        }
        return found;
    }

    /**
     * The mean of a point.
     *
     * @param seeds the point in each seed
     */
    static Point point(double share, List<Cell.Point> seeds) {
        int[][] right = new int[seeds.size()][];
        for (int s = 0; s < right.length; s++) {
            right[s] = seeds.get(s).right().chars().map(one -> one - '0').toArray();
        }
        double[] interval = interval(right);
        double tokens = seeds.stream().mapToLong(Cell.Point::tokens).sum();
        return new Point(
                share,
                interval[0],
                interval[1],
                interval[2],
                seeds.stream().mapToLong(Cell.Point::written).sum() / tokens,
                seeds.stream().mapToLong(Cell.Point::charged).sum() / tokens,
                seeds.stream().mapToLong(Cell.Point::read).sum() / tokens,
                seeds.get(0).labelled());
    }

    private Lead lead(String axis, double share, Field field) {
        String best = "";
        double most = -1;
        for (String name : names()) {
            boolean rival = !name.equals(learned) && (field == Field.ALL || !BLOCKS.contains(name));
            double exact = found(name, axis, share).stream()
                    .mapToDouble(Cell.Point::exactMatch)
                    .average()
                    .orElse(-1);
            if (rival && exact > most) {
                most = exact;
                best = name;
            }
        }
        List<Cell.Point> own = found(learned, axis, share);
        List<Cell.Point> other = found(best, axis, share);
        int[][] ahead = new int[own.size()][];
        for (int s = 0; s < ahead.length; s++) {
            String mine = own.get(s).right();
            String theirs = other.get(s).right();
            ahead[s] = new int[mine.length()];
            for (int i = 0; i < ahead[s].length; i++) {
                ahead[s][i] = mine.charAt(i) - theirs.charAt(i);
            }
        }
        double[] interval = interval(ahead);
        return new Lead(axis, share, field.title, best, interval[0], interval[1], interval[2]);
    }

    /** Mean over seeds of the mean over prompts, and its percentile interval, resampling prompts within seeds. */
    private static double[] interval(int[][] values) {
        SplittableRandom random = new SplittableRandom(1);
        double[] means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            for (int[] seed : values) {
                long sum = 0;
                for (int i = 0; i < seed.length; i++) {
                    sum += seed[random.nextInt(seed.length)];
                }
                means[r] += (double) sum / seed.length / values.length;
            }
        }
        Arrays.sort(means);
        double mean = 0;
        for (int[] seed : values) {
            mean += Arrays.stream(seed).average().orElse(0) / values.length;
        }
        return new double[] {mean, means[(int) (TAIL * RESAMPLES)], means[(int) ((1 - TAIL) * RESAMPLES) - 1]};
    }
}
