package dev.understudy.flink.budget;

import dev.understudy.decode.AskPrices;
import java.util.HashMap;
import java.util.Map;

/** The prices that a subtask has heard of. A workload without one asks always. Owned by the task thread. */
final class PriceBoard implements AskPrices {
    private record Key(String tenant, String workload) {}

    private final Map<Key, Double> prices = new HashMap<>();

    void set(String tenant, String workload, double price) {
        prices.put(new Key(tenant, workload), price);
    }

    @Override
    public double price(String tenant, String workload) {
        return prices.getOrDefault(new Key(tenant, workload), ASK_ALWAYS);
    }
}
