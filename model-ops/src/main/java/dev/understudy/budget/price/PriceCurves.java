package dev.understudy.budget.price;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The gate's curves on their way to the controller: they travel among the settings of a checkpoint's manifest, one key
 * a workload, so that a new version does not begin with asking everywhere.
 */
public final class PriceCurves {
    private static final String KEY = "gate.needed-prices.";

    private PriceCurves() {}

    /**
     * The settings that carry the curves.
     *
     * @param curves sequences by the bin of the price they needed, {@link PriceScale#BINS} counts a workload
     */
    public static Map<String, String> toSettings(Map<String, long[]> curves) {
        Map<String, String> settings = new TreeMap<>();
        curves.forEach((workload, counts) -> {
            if (counts.length != PriceScale.BINS) {
                throw new IllegalArgumentException("[BUG] curve of workload " + workload + " has " + counts.length
                        + " bins, not " + PriceScale.BINS);
            }
            settings.put(
                    KEY + workload,
                    String.join(
                            ",", Arrays.stream(counts).mapToObj(Long::toString).toList()));
        });
        return settings;
    }

    /** The curves among the settings; a malformed one is left out, its workload is measured anew. */
    public static Map<String, List<Long>> fromSettings(Map<String, String> settings) {
        Map<String, List<Long>> curves = new HashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(KEY) && value.matches("\\d{1,12}(,\\d{1,12}){" + (PriceScale.BINS - 1) + "}")) {
                List<Long> counts =
                        Arrays.stream(value.split(",", -1)).map(Long::valueOf).toList();
                if (counts.stream().anyMatch(count -> count > 0)) {
                    curves.put(key.substring(KEY.length()), counts);
                }
            }
        });
        return curves;
    }
}
