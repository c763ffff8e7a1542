package dev.understudy.gate;

import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.gate.PairedBootstrap.Interval;
import dev.understudy.lm.file.ModelDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Judges a candidate against the serving version, sequence by sequence on the same gate set. Thread safe: it keeps
 * nothing.
 */
public final class Gate {
    /*
     * Why these rules. Exact match on a mixed set sees neither a slow honest gain nor a mild poison; and an honest first
     * round after a drift costs the old release up to 10 points of exact match for one round, so "no workload worse"
     * would stop learning. What separates honest from poisoned rounds by a factor above 8 is the teacher share that a
     * workload needs at the target quality, so that is what HELP_NEEDED bounds. ALONE is the second line: it speaks only
     * when the whole interval of the difference lies beyond the bound, because honest rounds of small sets touch it.
     */

    /** The summed needed share must fall by a tenth of a point: less is a handful of tokens and no improvement. */
    private static final double LEAST_FALL = 0.001;
    /** Below so many sequences needed help is too noisy as a figure; then the lower end of its interval counts. */
    private static final int ENOUGH = 40;

    private static final double LARGEST_HALF = 65504;

    private final GateConfig config;

    public Gate(GateConfig config) {
        this.config = config;
    }

    /** One workload under both versions. */
    private record Comparison(
            WorkloadFigures figures,
            Interval exactMatch,
            Interval logLikelihood,
            double helpRise,
            List<ForcedScore> candidateScores) {}

    /**
     * Compares and decides.
     *
     * @param serving figures of the serving version on the same gate set
     * @param candidate figures of the candidate
     * @param candidateDirectory its Hugging Face directory, whose weights are checked for their numbers
     */
    public GateVerdict judge(VersionFigures serving, VersionFigures candidate, Path candidateDirectory) {
        if (serving.setFingerprint() != candidate.setFingerprint()) {
            throw new IllegalArgumentException(
                    "[BUG] versions scored on different gate sets; score the serving version again");
        }
        List<Comparison> comparisons = new ArrayList<>();
        serving.byWorkload().forEach((workload, scores) -> {
            List<ForcedScore> others = candidate.byWorkload().get(workload);
            if (others == null || others.size() != scores.size()) {
                throw new IllegalArgumentException("[BUG] workload " + workload + " is not paired");
            }
            comparisons.add(compare(workload, scores, others));
        });
        List<RuleOutcome> rules = List.of(
                improvement(comparisons),
                helpNeeded(comparisons),
                alone(comparisons),
                numbers(comparisons, candidateDirectory));
        List<WorkloadFigures> figures =
                comparisons.stream().map(Comparison::figures).toList();
        return rules.stream().allMatch(RuleOutcome::passed)
                ? new GateVerdict.Accepted(rules, figures)
                : new GateVerdict.Rejected(rules, figures);
    }

    /**
     * Judges a candidate's ask head, to be added to the verdict on its weights.
     *
     * @param evidence the candidate's reading of sequences that neither the head nor its prices have seen
     */
    public RuleOutcome judge(PricedHead head, List<AskEvidence> evidence) {
        return new AskHeadRule(config).judge(head, evidence);
    }

    private Comparison compare(String workload, List<ForcedScore> serving, List<ForcedScore> candidate) {
        double target = config.targetExactMatch();
        WorkloadFigures figures = new WorkloadFigures(
                workload,
                serving.size(),
                ForcedScoring.exactMatch(serving),
                ForcedScoring.exactMatch(candidate),
                ForcedScoring.helpShareFor(serving, target),
                ForcedScoring.helpShareFor(candidate, target),
                ForcedScoring.neededPriceHistogram(candidate));
        double[] exact = new double[serving.size()];
        double[] likelihood = new double[serving.size()];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = (candidate.get(i).exact() ? 1 : 0) - (serving.get(i).exact() ? 1 : 0);
            likelihood[i] =
                    candidate.get(i).meanLogLikelihood() - serving.get(i).meanLogLikelihood();
        }
        PairedBootstrap bootstrap = new PairedBootstrap(config);
        return new Comparison(
                figures,
                bootstrap.ofMean(exact),
                bootstrap.ofMean(likelihood),
                helpRise(bootstrap, figures, serving, candidate),
                candidate);
    }

    private double helpRise(
            PairedBootstrap bootstrap,
            WorkloadFigures figures,
            List<ForcedScore> serving,
            List<ForcedScore> candidate) {
        double target = config.targetExactMatch();
        if (figures.examples() >= ENOUGH) {
            return figures.candidateHelp() - figures.servingHelp();
        }
        return bootstrap
                .of(
                        figures.examples(),
                        drawn -> ForcedScoring.helpShareFor(pick(candidate, drawn), target)
                                - ForcedScoring.helpShareFor(pick(serving, drawn), target))
                .low();
    }

    /**
     * Exact match may rise anywhere; log-likelihood counts only where the serving version needs help, or the wandering
     * of workloads that are learnt would publish every round.
     */
    private RuleOutcome improvement(List<Comparison> all) {
        double sum = all.stream()
                .mapToDouble(c -> c.figures.candidateHelp() - c.figures.servingHelp())
                .sum();
        List<String> rises = all.stream()
                .flatMap(c -> Stream.of(
                                c.exactMatch.low() > 0 ? "exact match" : "",
                                c.figures.servingHelp() > 0 && c.logLikelihood.low() > 0 ? "log-likelihood" : "")
                        .filter(measure -> !measure.isEmpty())
                        .map(measure -> c.figures.workload() + " " + measure))
                .toList();
        boolean falls = sum <= -LEAST_FALL;
        String detail = String.format(
                Locale.ROOT,
                "summed teacher share at the target changes by %+.2f points; rises with interval above 0: %s",
                100 * sum,
                rises.isEmpty() ? "none" : String.join(", ", rises));
        return new RuleOutcome(GateRule.IMPROVEMENT, -LEAST_FALL, sum, falls || !rises.isEmpty(), detail);
    }

    private RuleOutcome helpNeeded(List<Comparison> all) {
        Comparison worst = worst(all, Comparison::helpRise);
        WorkloadFigures figures = worst.figures;
        String detail = String.format(
                Locale.ROOT,
                "%s needs %.1f %% teacher tokens at the target, %.1f %% before (%d sequences)",
                figures.workload(),
                100 * figures.candidateHelp(),
                100 * figures.servingHelp(),
                figures.examples());
        boolean passed = worst.helpRise <= config.helpRise();
        return new RuleOutcome(GateRule.HELP_NEEDED, config.helpRise(), worst.helpRise, passed, detail);
    }

    private RuleOutcome alone(List<Comparison> all) {
        Comparison worst = worst(all, c -> -c.exactMatch.high());
        double fall = -worst.exactMatch.high();
        String detail = String.format(
                Locale.ROOT,
                "%s alone %.1f %% exact, %.1f %% before, difference [%.1f, %.1f] points",
                worst.figures.workload(),
                100 * worst.figures.candidateExactMatch(),
                100 * worst.figures.servingExactMatch(),
                100 * worst.exactMatch.low(),
                100 * worst.exactMatch.high());
        return new RuleOutcome(GateRule.ALONE, config.aloneFall(), fall, fall <= config.aloneFall(), detail);
    }

    private static RuleOutcome numbers(List<Comparison> all, Path directory) {
        double largest = ModelDirectory.largestMagnitude(directory);
        boolean finite = all.stream().flatMap(c -> c.candidateScores.stream()).allMatch(ForcedScore::finite);
        String detail =
                String.format(Locale.ROOT, "largest weight %.4g, scores %s", largest, finite ? "finite" : "not finite");
        return new RuleOutcome(GateRule.NUMBERS, LARGEST_HALF, largest, finite && largest <= LARGEST_HALF, detail);
    }

    private static Comparison worst(List<Comparison> all, ToDoubleFunction<Comparison> badness) {
        return all.stream()
                .max(Comparator.comparingDouble(badness))
                .orElseThrow(() -> new IllegalArgumentException("[BUG] no workload to compare"));
    }

    private static List<ForcedScore> pick(List<ForcedScore> scores, int[] drawn) {
        List<ForcedScore> picked = new ArrayList<>(drawn.length);
        for (int i : drawn) {
            picked.add(scores.get(i));
        }
        return picked;
    }
}
