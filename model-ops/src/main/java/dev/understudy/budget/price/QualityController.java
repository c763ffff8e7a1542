package dev.understudy.budget.price;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets the price of each tenant and workload: the highest, so the fewest asks, at which the sequences that the teacher
 * saw whole agree with it as often as wanted. Not thread-safe: owned by the task thread, one a job.
 *
 * <p>A workload is asked everywhere until 40 sequences were seen whole under the serving version and some price reaches
 * the target on them, and again when the latest audits say that the target is missed. Asking everywhere costs budget
 * and stays within it.
 */
public final class QualityController {
    /*
     * Why not a fixed price: a student that is confidently wrong on something new does not ask by itself. Why the exact
     * binomial bound: at 40 audits and a target of 0.98 the normal approximation is off by more than one failure. The
     * upper 90 % bound (Clopper and Pearson 1934) lies below the target exactly when seeing so few successes had a
     * probability below 0.1 at the target, which needs no inverse.
     */
    static final int MINIMUM_SEQUENCES = 40;
    private static final int ALARM_MINIMUM = 10;
    private static final double ALARM_LEVEL = 0.1;
    /** A price of 0.01: the highest one that follows on asking everywhere at once. */
    private static final int ENTRY_BIN = 16;
    /** A factor of 3.2 in price. */
    private static final int STEP_BINS = 4;

    /** Bound of the memory: tallies of versions that nobody writes any more are dropped. */
    private static final int KEPT_TALLIES = 4_096;

    private record Key(String tenant, String workload) {}

    private record Source(Key key, String version, String shard) {}

    private static final class Stall {
        private final NeededPrices needed = new NeededPrices();
        private int bin = PriceScale.ALWAYS_BIN;
        private int told = -1;
        /** Null until the first tick under the serving version. */
        private @Nullable Instant raised;
    }

    private final Map<String, Double> targets;
    private final Duration stepInterval;
    private final Map<Key, Stall> stalls = new HashMap<>();
    private final Map<Source, QualityTally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, QualityTally> eldest) {
            return size() > KEPT_TALLIES;
        }
    };
    private final Map<Key, PriceSet> recovered = new HashMap<>();
    private Map<String, List<Long>> curves = Map.of();
    private String serving = "";

    /**
     * Starts with every workload asked everywhere.
     *
     * @param targets wanted agreement by tenant, each in (0, 1]; the workloads of other tenants are left alone
     * @param stepInterval the least time between two steps upward
     */
    public QualityController(Map<String, Double> targets, Duration stepInterval) {
        this.targets = Map.copyOf(targets);
        this.stepInterval = stepInterval;
    }

    /** Takes a price that was set before this start; it holds if its version is the first to serve. */
    public void recover(PriceSet set) {
        if (!targets.containsKey(set.tenant())) {
            return;
        }
        recovered.put(new Key(set.tenant(), set.workload()), set);
    }

    /** Takes a shard's tally, whatever its version; repeats and old ones change nothing. */
    public void onTally(QualityTally tally) {
        if (!targets.containsKey(tally.tenant())) {
            return;
        }
        Key key = new Key(tally.tenant(), tally.workload());
        Stall stall = stalls.computeIfAbsent(key, this::open);
        Source source = new Source(key, tally.version(), tally.shard());
        QualityTally before = tallies.get(source);
        if (before == null) {
            before = QualityTally.empty(tally.tenant(), tally.workload(), tally.version(), tally.shard());
        }
        if (tally.audited() <= before.audited()) {
            return;
        }
        tallies.put(source, tally);
        if (tally.version().equals(serving)) {
            addNew(stall, before, tally);
        }
    }

    /**
     * Another version serves from now on.
     *
     * @param version the version
     * @param curves the gate's count of sequences by the bin of the price they needed, by workload; workloads without
     *     one are asked everywhere until enough is seen
     */
    public void serve(String version, Map<String, List<Long>> curves) {
        if (version.equals(serving)) {
            return;
        }
        serving = version;
        this.curves = Map.copyOf(curves);
        recovered.keySet().forEach(key -> stalls.computeIfAbsent(key, k -> new Stall()));
        stalls.forEach(this::begin);
        recovered.clear();
    }

    /** Moves the prices; returns those that changed. To be called about once a second. */
    public List<PriceSet> tick(Instant now) {
        List<PriceSet> changed = new ArrayList<>();
        stalls.forEach((key, stall) -> {
            move(stall, target(key), now);
            if (stall.bin != stall.told) {
                stall.told = stall.bin;
                changed.add(new PriceSet(key.tenant(), key.workload(), serving, HelpPrice.ofBin(stall.bin)));
            }
        });
        return changed;
    }

    private Stall open(Key key) {
        Stall stall = new Stall();
        if (!serving.isEmpty()) {
            begin(key, stall);
        }
        return stall;
    }

    /** Starts a workload under a new serving version from what is known about that version already. */
    private void begin(Key key, Stall stall) {
        int before = stall.bin;
        stall.told = -1;
        stall.raised = null;
        stall.needed.clear();
        tallies.forEach((source, tally) -> {
            if (source.key().equals(key) && source.version().equals(serving)) {
                addNew(stall, QualityTally.empty(key.tenant(), key.workload(), serving, source.shard()), tally);
            }
        });
        List<Long> curve = curves.get(key.workload());
        if (curve != null) {
            stall.needed.carryOver(curve);
        }
        PriceSet earlier = recovered.get(key);
        if (earlier != null && earlier.version().equals(serving)) {
            stall.bin = earlier.price().bin();
        } else {
            int highest = Math.max(ENTRY_BIN, before + STEP_BINS);
            stall.bin = PriceScale.ALWAYS_BIN;
            if (stall.needed.total() >= MINIMUM_SEQUENCES) {
                stall.bin = Math.min(highest, stall.needed.best(target(key)));
            }
        }
    }

    private static void addNew(Stall stall, QualityTally before, QualityTally after) {
        for (int bin = 0; bin < PriceScale.BINS; bin++) {
            stall.needed.add(
                    bin, Math.max(0, after.needed().get(bin) - before.needed().get(bin)));
        }
    }

    private double target(Key key) {
        return targets.getOrDefault(key.tenant(), 1.0);
    }

    private void move(Stall stall, double target, Instant now) {
        if (stall.raised == null) {
            stall.raised = now;
        }
        if (stall.bin != PriceScale.ALWAYS_BIN && missesTarget(stall, target)) {
            stall.bin = PriceScale.ALWAYS_BIN;
            // What was seen before the alarm is what misled the price.
            stall.needed.clear();
            return;
        }
        if (stall.needed.total() < MINIMUM_SEQUENCES) {
            return;
        }
        int best = stall.needed.best(target);
        if (stall.bin == PriceScale.ALWAYS_BIN) {
            stall.bin = Math.min(best, ENTRY_BIN);
            stall.raised = now;
        } else if (best < stall.bin) {
            // Down to asking everywhere only by the alarm: a few failures above the bound are no reason to.
            stall.bin = Math.max(PriceScale.ALWAYS_BIN + 1, Math.max(best, stall.bin - STEP_BINS));
        } else if (best > stall.bin && !now.isBefore(stall.raised.plus(stepInterval))) {
            stall.bin = Math.min(best, stall.bin + STEP_BINS);
            stall.raised = now;
        }
    }

    private static boolean missesTarget(Stall stall, double target) {
        int audits = stall.needed.recent();
        return audits >= ALARM_MINIMUM && atMost(stall.needed.recentRight(stall.bin), audits, target) < ALARM_LEVEL;
    }

    /** Probability of at most {@code successes} in {@code trials} at this chance of success. */
    static double atMost(int successes, int trials, double chance) {
        double sum = 0;
        for (int k = 0; k <= successes; k++) {
            double term = Math.pow(chance, k) * Math.pow(1 - chance, trials - k);
            for (int i = 1; i <= k; i++) {
                term *= (double) (trials - k + i) / i;
            }
            sum += term;
        }
        return sum;
    }
}
