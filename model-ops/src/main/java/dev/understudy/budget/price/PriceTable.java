package dev.understudy.budget.price;

import java.util.HashMap;
import java.util.Map;

/** The prices that a decoding subtask goes by. Not thread-safe: owned by the task thread. */
public final class PriceTable {
    private final Map<String, Map<String, HelpPrice>> prices = new HashMap<>();

    /** Takes the controller's latest word. */
    public void onPrice(PriceSet set) {
        prices.computeIfAbsent(set.tenant(), tenant -> new HashMap<>()).put(set.workload(), set.price());
    }

    /** The price of a workload; one that nobody has measured yet is asked everywhere. */
    public HelpPrice price(String tenant, String workload) {
        Map<String, HelpPrice> ofTenant = prices.get(tenant);
        HelpPrice price = ofTenant == null ? null : ofTenant.get(workload);
        return price == null ? HelpPrice.ASK_ALWAYS : price;
    }
}
