package dev.understudy.gate.replay;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Recorded sequences decoded again at other prices, on paper. Every finished sequence counts by the Horvitz-Thompson
 * weight of those that were seen whole (Horvitz and Thompson 1952); intervals are percentile bootstraps over sequences
 * (Efron and Tibshirani 1993, chapter 13). Immutable.
 */
public final class Replay {
    /*
     * Where the teacher, asked at a position at which it was not, says another token than the recorded one, the text
     * branches: what follows was never decoded. A wrong token before the branch settles the sequence; else its
     * agreement is anything from 0 to 1, and its further asks anything from none to all (bounds without assumptions,
     * Manski 1990). The likely figures take the text behind a branch to be like the recorded one, which is what the
     * controller's "price needed" does.
     */
    private static final int RESAMPLES = 1_000;
    private static final double TAIL = 0.05;
    private static final long SEED = 1;

    private final List<ReplayedSequence> sequences;

    /** @param sequences at least one */
    public Replay(List<ReplayedSequence> sequences) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException(
                    "Cannot replay without a sequence that the teacher saw whole: found none."
                            + " Raise decode.audit-share, or wait for more signals.");
        }
        this.sequences = List.copyOf(sequences);
    }

    /**
     * A figure and how far the records let it be known.
     *
     * @param likely if the text behind every branch is like the recorded one
     * @param low lower end of the 90 % interval of the least that is possible
     * @param high upper end of the 90 % interval of the most that is possible
     */
    public record Estimate(double likely, double low, double high) {}

    /**
     * What one price would have brought.
     *
     * @param price in [0, 1], or -1 for asking everywhere
     * @param share teacher tokens a completion token
     * @param callsPerSequence teacher calls a sequence without audits: asks, and a closing look where any was made
     * @param agreement fraction of sequences whose every unasked token is the teacher's
     * @param known fraction of sequences whose course the records tell to its end
     */
    public record Outcome(double price, Estimate share, double callsPerSequence, Estimate agreement, double known) {}

    /** The outcome at a price. */
    public Outcome at(double price) {
        List<ReplayedSequence.Course> courses =
                sequences.stream().map(sequence -> sequence.at(price)).toList();
        double[] tokens = new double[sequences.size()];
        double[] ones = new double[sequences.size()];
        Arrays.setAll(tokens, i -> sequences.get(i).written().length);
        Arrays.fill(ones, 1);
        Estimate share = estimate(
                figure(courses, ReplayedSequence.Course::likelyAsks),
                figure(courses, ReplayedSequence.Course::leastAsks),
                figure(courses, ReplayedSequence.Course::mostAsks),
                tokens);
        Estimate agreement = estimate(
                figure(courses, ReplayedSequence.Course::likelyRight),
                figure(courses, ReplayedSequence.Course::leastRight),
                figure(courses, ReplayedSequence.Course::mostRight),
                ones);
        double[] calls = figure(courses, course -> course.likelyAsks() + (course.likelyAsks() > 0 ? 1 : 0));
        double[] known = figure(courses, course -> course.isKnown() ? 1 : 0);
        int[] all = everyIndex();
        return new Outcome(price, share, ratio(calls, ones, all), agreement, ratio(known, ones, all));
    }

    /**
     * The price at which the teacher would likely have written a share of the tokens: the weighted quantile of the
     * difficulties, in the middle between neighbours.
     *
     * @param share in [0, 1]
     */
    public double priceFor(double share) {
        double[][] difficulties = sequences.stream()
                .flatMap(sequence -> {
                    double[][] each = new double[sequence.difficulty().length][];
                    Arrays.setAll(each, t -> new double[] {sequence.difficulty()[t], sequence.weight()});
                    return Arrays.stream(each);
                })
                .sorted((a, b) -> Double.compare(b[0], a[0]))
                .toArray(double[][]::new);
        double wanted =
                share * Arrays.stream(difficulties).mapToDouble(one -> one[1]).sum();
        double asked = 0;
        for (int i = 0; i < difficulties.length; i++) {
            if (asked + difficulties[i][1] > wanted * (1 + 1e-9)) {
                double above = i == 0 ? 1 : difficulties[i - 1][0];
                return (above + difficulties[i][0]) / 2;
            }
            asked += difficulties[i][1];
        }
        return -1;
    }

    /** Finished sequences that the replayed ones stand for. */
    public double population() {
        return sequences.stream().mapToDouble(ReplayedSequence::weight).sum();
    }

    private Estimate estimate(double[] likely, double[] least, double[] most, double[] per) {
        double[] lows = new double[RESAMPLES];
        double[] highs = new double[RESAMPLES];
        SplittableRandom random = new SplittableRandom(SEED);
        int[] drawn = new int[sequences.size()];
        for (int r = 0; r < RESAMPLES; r++) {
            Arrays.setAll(drawn, i -> random.nextInt(drawn.length));
            lows[r] = ratio(least, per, drawn);
            highs[r] = ratio(most, per, drawn);
        }
        Arrays.sort(lows);
        Arrays.sort(highs);
        int cut = (int) (TAIL * RESAMPLES);
        return new Estimate(ratio(likely, per, everyIndex()), lows[cut], highs[RESAMPLES - 1 - cut]);
    }

    private double ratio(double[] figure, double[] per, int[] drawn) {
        double sum = 0;
        double all = 0;
        for (int i : drawn) {
            sum += sequences.get(i).weight() * figure[i];
            all += sequences.get(i).weight() * per[i];
        }
        return sum / all;
    }

    private int[] everyIndex() {
        int[] all = new int[sequences.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private static double[] figure(
            List<ReplayedSequence.Course> courses, ToDoubleFunction<ReplayedSequence.Course> figure) {
        return courses.stream().mapToDouble(figure).toArray();
    }
}
