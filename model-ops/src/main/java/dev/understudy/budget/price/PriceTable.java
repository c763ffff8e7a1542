package dev.understudy.budget.price;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The prices that a decoding subtask goes by, each for the student version that it was found for: the controller
 * follows what is assigned, a subtask serves what it has proven, and for a while, or after a refused checkpoint for
 * long, these are two versions. Keeps the latest few versions of a workload. Not thread-safe: owned by the task thread.
 */
public final class PriceTable {
    private static final int VERSIONS = 4;

    private final Map<String, Map<String, Map<String, HelpPrice>>> prices = new HashMap<>();

    /** Takes the controller's latest word. */
    public void onPrice(PriceSet set) {
        Map<String, HelpPrice> ofVersions = prices.computeIfAbsent(set.tenant(), tenant -> new HashMap<>())
                .computeIfAbsent(set.workload(), workload -> new LinkedHashMap<>());
        // Again at the end: the version that was priced longest ago goes first.
        ofVersions.remove(set.version());
        ofVersions.put(set.version(), set.price());
        if (ofVersions.size() > VERSIONS) {
            ofVersions.remove(ofVersions.keySet().iterator().next());
        }
    }

    /** The price of a workload under a version; one that nobody has measured yet is asked everywhere. */
    public HelpPrice price(String tenant, String workload, String version) {
        return prices.getOrDefault(tenant, Map.of())
                .getOrDefault(workload, Map.of())
                .getOrDefault(version, HelpPrice.ASK_ALWAYS);
    }
}
