package dev.understudy.decode.ask;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.budget.price.PriceTable;
import java.util.HashMap;
import java.util.Map;

/**
 * Prices as the tenants' targets want them: the controller's latest word, or the policy's own setting where the target
 * is fixed. Owned by the task thread.
 */
public final class TargetPrices implements AskPrices {
    private final double fixedPrice;
    private final PriceTable told = new PriceTable();
    private final Map<String, HelpTarget> targets = new HashMap<>();

    /** @param fixedPrice price of the tenants whose target is fixed */
    public TargetPrices(double fixedPrice) {
        this.fixedPrice = fixedPrice;
    }

    /** Replaces the targets. */
    public void aim(BudgetConfig budgets) {
        targets.clear();
        for (TenantBudget tenant : budgets.tenants()) {
            targets.put(tenant.tenant(), tenant.target());
        }
    }

    /** Takes a price of the controller's. */
    public void onPrice(PriceSet price) {
        told.onPrice(price);
    }

    @Override
    public double price(String tenant, String workload, String version) {
        return targets.get(tenant) instanceof HelpTarget.Fixed
                ? fixedPrice
                : told.price(tenant, workload, version).price();
    }

    @Override
    public double level(String tenant, String workload) {
        return targets.get(tenant) instanceof HelpTarget.Share share ? share.share() : 1;
    }
}
