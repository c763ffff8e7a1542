package dev.understudy.budget.price;

import java.util.Objects;

/**
 * The controller's word on one workload; the last one for a workload holds.
 *
 * @param tenant who pays
 * @param workload kind of prompt
 * @param version student version that the price was found for
 * @param price what it is now
 */
public record PriceSet(String tenant, String workload, String version, HelpPrice price) {
    public PriceSet {
        Objects.requireNonNull(tenant);
        Objects.requireNonNull(workload);
        Objects.requireNonNull(version);
        Objects.requireNonNull(price);
    }
}
