package dev.understudy.gate;

/**
 * Summary of one workload in a verdict. The array is not copied; nobody modifies it.
 *
 * @param workload its name
 * @param examples number of sequences
 * @param servingExactMatch of the serving version alone, in [0, 1]
 * @param candidateExactMatch of the candidate alone, in [0, 1]
 * @param servingHelp teacher share that the serving version needs at the target, in [0, 1]
 * @param candidateHelp teacher share that the candidate needs at the target, in [0, 1]
 * @param neededPrices 32-bin histogram for the candidate, see {@link ForcedScoring#neededPriceHistogram}
 */
public record WorkloadFigures(
        String workload,
        int examples,
        double servingExactMatch,
        double candidateExactMatch,
        double servingHelp,
        double candidateHelp,
        long[] neededPrices) {}
