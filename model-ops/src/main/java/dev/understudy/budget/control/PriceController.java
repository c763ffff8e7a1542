package dev.understudy.budget.control;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.control.WorkloadTally.Source;
import dev.understudy.budget.price.DifficultyScale;
import dev.understudy.budget.price.HelpPrice;
import dev.understudy.budget.price.PriceScale;
import dev.understudy.budget.price.PriceSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sets the price of each tenant and workload as the tenant's target wants it. Not thread-safe: owned by the task
 * thread, one a job.
 *
 * <p>Use: {@link #recover} and {@link #onTally} with what the topics hold, then {@link #serve}; from then on
 * {@link #onTally}, {@link #announce}, {@link #serve} and {@link #tick}.
 */
public final class PriceController {
    /** Bound of the memory: tallies of versions that nobody writes any more are dropped. */
    private static final int KEPT_TALLIES = 4_096;
    /** Smaller moves are not told. */
    private static final double LEAST_MOVE = 0.005;

    private record Key(String tenant, String workload) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTenant = tenant.compareTo(other.tenant);
            return byTenant != 0 ? byTenant : workload.compareTo(other.workload);
        }
    }

    /** Both loops of a workload; its tenant's target says which one sets the price. */
    private static final class Loops {
        private final QualityLoop quality;
        private final UseLoop use;
        /** Null when nothing was told under the serving version. */
        private @Nullable HelpPrice told;

        Loops(QualityLoop quality, UseLoop use) {
            this.quality = quality;
            this.use = use;
        }
    }

    private final UseControl control;
    private final Duration stepInterval;
    private final Map<Key, Loops> workloads = new TreeMap<>();
    private final Map<Source, WorkloadTally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, WorkloadTally> eldest) {
            return size() > KEPT_TALLIES;
        }
    };
    private final Map<Key, PriceSet> recovered = new HashMap<>();
    private Map<String, TenantBudget> budgets = Map.of();
    private Map<String, List<Long>> curves = Map.of();
    private String serving = "";

    /**
     * Starts with every workload asked everywhere.
     *
     * @param config targets of the tenants; the workloads of others are left alone
     * @param control how a wanted use is followed
     * @param stepInterval the least time between two steps upward under a wanted quality
     */
    public PriceController(BudgetConfig config, UseControl control, Duration stepInterval) {
        this.control = control;
        this.stepInterval = stepInterval;
        configure(config);
    }

    /** Replaces the targets. */
    public void configure(BudgetConfig changed) {
        Map<String, TenantBudget> byTenant = new HashMap<>();
        changed.tenants().forEach(tenant -> byTenant.put(tenant.tenant(), tenant));
        budgets = byTenant;
    }

    /** Takes a price that was set before this start; it holds if its version is the first to serve. */
    public void recover(PriceSet set) {
        if (target(set.tenant()) != null) {
            recovered.put(new Key(set.tenant(), set.workload()), set);
        }
    }

    /** Takes a shard's tally, whatever its version; repeats and old ones change nothing. */
    public void onTally(WorkloadTally tally) {
        Source source = tally.source();
        if (target(source.tenant()) == null) {
            return;
        }
        Key key = new Key(source.tenant(), source.workload());
        Loops loops = workloads.computeIfAbsent(key, this::open);
        WorkloadTally before = tallies.getOrDefault(source, WorkloadTally.empty(source));
        boolean older = tally.use().outputTokens() < before.use().outputTokens() || tally.audited() < before.audited();
        if (older || tally.equals(before)) {
            return;
        }
        tallies.put(source, tally);
        if (serving.isEmpty()) {
            return;
        }
        HelpUse use = tally.use().since(before.use());
        if (source.version().equals(serving)) {
            seeNeeded(loops, before, tally);
            loops.use.see(use, newDifficulties(before, tally));
        } else {
            // A version that runs out still uses help, but its difficulties are not those that are priced.
            loops.use.see(use, new double[DifficultyScale.BINS]);
        }
    }

    /**
     * The prices that a published version will begin with, told before it serves so that nobody has to ask everywhere
     * until the price arrives; only where the gate's curve or the target says one.
     *
     * @param version not the serving one
     * @param itsCurves as in {@link #serve}
     */
    public List<PriceSet> announce(String version, Map<String, List<Long>> itsCurves) {
        List<PriceSet> prices = new ArrayList<>();
        workloads.forEach((key, loops) -> {
            HelpTarget target = target(key.tenant());
            HelpPrice price = loops.told;
            if (target instanceof HelpTarget.Quality quality) {
                price = loops.quality.priceFrom(itsCurves.get(key.workload()), quality.agreement());
            }
            if (price != null && !price.asksAlways() && !version.equals(serving)) {
                prices.add(new PriceSet(key.tenant(), key.workload(), version, price));
            }
        });
        return prices;
    }

    /**
     * Another version serves from now on.
     *
     * @param version the version
     * @param itsCurves the gate's count of sequences by the bin of the price they needed, by workload; under a wanted
     *     quality, workloads without one are asked everywhere until enough is seen
     */
    public void serve(String version, Map<String, List<Long>> itsCurves) {
        if (version.equals(serving)) {
            return;
        }
        serving = version;
        curves = Map.copyOf(itsCurves);
        recovered.keySet().forEach(key -> workloads.computeIfAbsent(key, k -> newLoops()));
        workloads.forEach(this::begin);
        recovered.clear();
    }

    /** Moves the prices; returns those that changed. To be called about once a second. */
    public List<PriceSet> tick(Instant now) {
        List<PriceSet> changed = new ArrayList<>();
        workloads.forEach((key, loops) -> {
            HelpPrice price = moved(loops, target(key.tenant()), now);
            if (price != null && isNews(loops.told, price)) {
                loops.told = price;
                changed.add(new PriceSet(key.tenant(), key.workload(), serving, price));
            }
        });
        return changed;
    }

    private static @Nullable HelpPrice moved(Loops loops, @Nullable HelpTarget target, Instant now) {
        if (target instanceof HelpTarget.Quality quality) {
            loops.quality.move(quality.agreement(), now);
            return loops.quality.price();
        }
        return target == null || !target.wantsUse() ? null : new HelpPrice(loops.use.move(target));
    }

    private static boolean isNews(@Nullable HelpPrice told, HelpPrice price) {
        if (told == null || told.asksAlways() || price.asksAlways()) {
            return !price.equals(told);
        }
        return Math.abs(told.price() - price.price()) > LEAST_MOVE * told.price();
    }

    /** How every workload does under the serving version; for metrics. */
    public List<WorkloadState> states() {
        Map<Key, SightSums> sights = new HashMap<>();
        tallies.forEach((source, tally) -> {
            if (source.version().equals(serving)) {
                sights.merge(new Key(source.tenant(), source.workload()), tally.sights(), SightSums::plus);
            }
        });
        List<WorkloadState> states = new ArrayList<>();
        workloads.forEach((key, loops) -> states.add(new WorkloadState(
                key.tenant(),
                key.workload(),
                serving,
                loops.told,
                loops.use.recentShare(),
                sights.getOrDefault(key, SightSums.NONE).agreement())));
        return states;
    }

    private Loops open(Key key) {
        Loops loops = newLoops();
        if (!serving.isEmpty()) {
            begin(key, loops);
        }
        return loops;
    }

    private Loops newLoops() {
        return new Loops(new QualityLoop(stepInterval), new UseLoop(control));
    }

    /** Starts a workload under a new serving version from what is known about that version already. */
    private void begin(Key key, Loops loops) {
        loops.told = null;
        loops.quality.forget();
        tallies.forEach((source, tally) -> {
            boolean same =
                    source.tenant().equals(key.tenant()) && source.workload().equals(key.workload());
            if (same && source.version().equals(serving)) {
                seeNeeded(loops, WorkloadTally.empty(source), tally);
                loops.use.see(HelpUse.NONE, DifficultyScale.weights(tally.difficulties()));
            }
        });
        PriceSet set = recovered.get(key);
        HelpPrice earlier = set != null && set.version().equals(serving) ? set.price() : null;
        double agreement = target(key.tenant()) instanceof HelpTarget.Quality quality ? quality.agreement() : 1;
        loops.quality.begin(curves.get(key.workload()), earlier, agreement);
        if (earlier != null && !earlier.asksAlways()) {
            loops.use.resume(earlier.price());
        }
    }

    private static void seeNeeded(Loops loops, WorkloadTally before, WorkloadTally after) {
        for (int bin = 0; bin < PriceScale.BINS; bin++) {
            loops.quality.see(
                    bin, Math.max(0, after.needed().get(bin) - before.needed().get(bin)));
        }
    }

    private static double[] newDifficulties(WorkloadTally before, WorkloadTally after) {
        double[] counts = new double[DifficultyScale.BINS];
        for (int bin = 0; bin < counts.length; bin++) {
            counts[bin] = Math.max(
                    0, after.difficulties().get(bin) - before.difficulties().get(bin));
        }
        return counts;
    }

    private @Nullable HelpTarget target(String tenant) {
        TenantBudget budget = budgets.get(tenant);
        return budget == null ? null : budget.target();
    }
}
