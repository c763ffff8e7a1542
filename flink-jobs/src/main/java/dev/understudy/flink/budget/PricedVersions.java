package dev.understudy.flink.budget;

import dev.understudy.budget.price.PriceSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of each workload whose prices stand on the control topic: the latest few, as decoding keeps them. */
final class PricedVersions {
    private static final int KEPT = 4;

    private final Map<List<String>, Map<String, PriceSet>> prices = new HashMap<>();

    /** Takes a price that stands there now; returns the one that has to go for it. */
    Optional<PriceSet> add(PriceSet price) {
        Map<String, PriceSet> versions =
                prices.computeIfAbsent(List.of(price.tenant(), price.workload()), workload -> new LinkedHashMap<>());
        versions.remove(price.version());
        versions.put(price.version(), price);
        if (versions.size() <= KEPT) {
            return Optional.empty();
        }
        Iterator<PriceSet> oldest = versions.values().iterator();
        PriceSet gone = oldest.next();
        oldest.remove();
        return Optional.of(gone);
    }
}
