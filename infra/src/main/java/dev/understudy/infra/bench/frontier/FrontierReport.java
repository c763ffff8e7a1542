package dev.understudy.infra.bench.frontier;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The frontier over all seeds, as it is printed. Shares and matches are fractions; intervals are of 95 %, by resampling
 * the prompts within each seed.
 *
 * @param situations in the order in which they were asked for
 * @param rowWeights those of them in which the vocabulary form was measured, on the weights that it trained
 */
public record FrontierReport(List<Part> situations, List<RowWeights> rowWeights) {
    /**
     * One situation.
     *
     * @param name its title
     * @param seeds draws of prompts, labelled sequences and head
     * @param prompts test prompts of all seeds
     * @param labelledSequences that asking was learnt from, a seed
     * @param alone exact match of the student alone
     * @param teacher exact match of the teacher alone
     * @param policies by teacher-written share
     * @param policiesByForwards by forwards of the teacher per output token, which is what a budget counts
     * @param leads of learned asking over the best rival
     * @param budgets the trained budgets as served
     * @param fewerSequences learned asking from fewer labelled sequences, at the situation's share
     */
    public record Part(
            String name,
            int seeds,
            int prompts,
            int labelledSequences,
            double alone,
            double teacher,
            List<Policy> policies,
            List<Policy> policiesByForwards,
            List<Lead> leads,
            List<Budget> budgets,
            List<Point> fewerSequences) {}

    /**
     * The vocabulary form, {@code row}, and its rivals on the weights that it trained.
     *
     * @param name of the situation
     * @param seeds draws of prompts, labelled sequences and weights
     * @param prompts test prompts of all seeds
     * @param labelledSequences that the weights were trained on, a seed
     * @param policies by teacher-written share; at 0 all of them are the trained student alone
     * @param policiesByForwards by forwards of the teacher per output token
     * @param leads of {@code row} over the best rival
     */
    public record RowWeights(
            String name,
            int seeds,
            int prompts,
            int labelledSequences,
            List<Policy> policies,
            List<Policy> policiesByForwards,
            List<Lead> leads) {}

    /** A policy's curve. */
    public record Policy(String name, List<Point> points) {}

    /**
     * A policy at a share, mean over the seeds.
     *
     * @param share wanted
     * @param exactMatch reached
     * @param low lower end of its interval
     * @param high upper end
     * @param used teacher-written share that came out
     * @param forwards forwards of the teacher per output token
     * @param read tokens shown to the teacher per output token, prompts included
     * @param labelled labelled sequences behind it, a seed
     */
    public record Point(
            double share,
            double exactMatch,
            double low,
            double high,
            double used,
            double forwards,
            double read,
            int labelled) {}

    /**
     * How far learned asking is ahead on the same weights, paired prompt by prompt.
     *
     * @param axis what a share is a share of
     * @param field {@code deciding}: rivals that decide each token as it is written; {@code all}: those too that let
     *     the teacher judge blocks of hidden drafts
     * @param rival the best one there
     * @param points difference of exact match, in [-1, 1]
     */
    public record Lead(String axis, double share, String field, String rival, double points, double low, double high) {}

    /**
     * A trained budget, mean over the seeds.
     *
     * @param form what serves, or what was left out of its training
     * @param level told to the head
     * @param trained whether prices were found at this level
     * @param use asks per output token
     * @param highest largest use of a seed
     */
    public record Budget(String form, double level, boolean trained, double use, double highest, double exactMatch) {}

    /** As lines for a terminal. */
    public String text() {
        return Stream.concat(
                        situations.stream().map(FrontierReport::text),
                        rowWeights.stream().map(FrontierReport::text))
                .collect(Collectors.joining("\n"));
    }

    private static String text(Part part) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s: %d seeds, %d prompts, %d labelled sequences; alone %.1f %%, teacher %.1f %%",
                part.name,
                part.seeds,
                part.prompts,
                part.labelledSequences,
                100 * part.alone,
                100 * part.teacher);
        compare(text, part.policies, part.policiesByForwards, part.leads);
        for (Budget budget : part.budgets) {
            line(
                    text,
                    "  budget %2.0f %%, %-26s use %5.2f %% (highest seed %5.2f), exact match %5.1f %%",
                    100 * budget.level,
                    budget.form,
                    100 * budget.use,
                    100 * budget.highest,
                    100 * budget.exactMatch);
        }
        for (Point point : part.fewerSequences) {
            line(
                    text,
                    "  learnt from %d sequences: %.1f %% (%.1f to %.1f) at %.1f %%",
                    point.labelled,
                    100 * point.exactMatch,
                    100 * point.low,
                    100 * point.high,
                    100 * point.used);
        }
        return text.toString();
    }

    private static String text(RowWeights weights) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s, weights of the vocabulary form: %d seeds, %d prompts, %d labelled sequences",
                weights.name,
                weights.seeds,
                weights.prompts,
                weights.labelledSequences);
        compare(text, weights.policies, weights.policiesByForwards, weights.leads);
        return text.toString();
    }

    private static void compare(StringBuilder text, List<Policy> written, List<Policy> forwards, List<Lead> leads) {
        line(text, "  exact match in %% (95 %% interval), teacher-written share in %%");
        written.forEach(policy -> line(text, policy, Point::used));
        line(text, "  the same by forwards of the teacher per output token, in %%");
        forwards.forEach(policy -> line(text, policy, Point::forwards));
        for (Lead lead : leads) {
            line(
                    text,
                    "  lead at %.0f %% %s over %s rivals: %+.1f points (%+.1f to %+.1f), best rival %s",
                    100 * lead.share,
                    lead.axis,
                    lead.field,
                    100 * lead.points,
                    100 * lead.low,
                    100 * lead.high,
                    lead.rival);
        }
    }

    private static void line(StringBuilder text, Policy policy, ToDoubleFunction<Point> cost) {
        StringBuilder points = new StringBuilder();
        for (Point point : policy.points) {
            points.append(String.format(
                    Locale.ROOT,
                    "  %5.1f (%.1f-%.1f) @%4.1f",
                    100 * point.exactMatch,
                    100 * point.low,
                    100 * point.high,
                    100 * cost.applyAsDouble(point)));
        }
        line(text, "    %-12s%s", policy.name, points);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
