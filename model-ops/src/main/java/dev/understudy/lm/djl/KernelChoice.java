package dev.understudy.lm.djl;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.shape.ModelShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a model with the kernel that decodes its shape fastest on this machine: measured once in a process, by decode
 * steps of one row and of several (the geometric mean of both speeds counts), so that each swap to a new version costs
 * nothing. The figures are logged.
 */
final class KernelChoice {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);
    private static final Map<Place, Kernel> CHOSEN = new ConcurrentHashMap<>();
    /** Few rows are what a service decodes most of the time, several what it decodes when time counts. */
    private static final int FEW = 1;

    private static final int SEVERAL = 8;
    private static final int LEAST_STEPS = 5;
    private static final long ENOUGH_NANOS = 200_000_000;

    private final ComputeDevice device;
    private final List<Kernel> candidates;

    private record Place(ComputeDevice device, ModelShape shape) {}

    /** @param candidates of which the last is tried whatever the others say of a model */
    KernelChoice(ComputeDevice device, List<Kernel> candidates) {
        this.device = device;
        this.candidates = candidates;
    }

    LanguageModel open(ModelShape shape, Function<Kernel, ? extends LanguageModel> opener) {
        Kernel chosen = CHOSEN.get(new Place(device, shape));
        if (chosen != null) {
            try {
                return opener.apply(chosen);
            } catch (ModelRejectedException e) {
                // weights of this version overflow: the last candidate takes them, or says what else is wrong
                return opener.apply(candidates.get(candidates.size() - 1));
            }
        }
        return measure(shape, opener);
    }

    private LanguageModel measure(ModelShape shape, Function<Kernel, ? extends LanguageModel> opener) {
        StringJoiner figures = new StringJoiner(", ");
        LanguageModel best = null;
        double most = 0;
        for (Kernel kernel : candidates) {
            LanguageModel model;
            try {
                model = opener.apply(kernel);
            } catch (ModelRejectedException e) {
                if (kernel == candidates.get(candidates.size() - 1)) {
                    throw e;
                }
                figures.add(shown(kernel) + " refused");
                continue;
            }
            double few = tokensPerSecond(model, FEW);
            double several = tokensPerSecond(model, SEVERAL);
            double speed = Math.sqrt(few * several);
            figures.add(String.format(Locale.ROOT, "%s %.0f and %.0f", shown(kernel), few, several));
            if (best != null && speed <= most) {
                model.close();
                continue;
            }
            if (best != null) {
                best.close();
            }
            best = model;
            most = speed;
        }
        if (best == null) {
            throw new IllegalStateException("[BUG] no kernel among " + candidates);
        }
        CHOSEN.put(new Place(device, shape), best.kernel());
        LOG.info(
                "Kernel auto chose {}. device={} width={} layers={} rows={} and {} tokensPerSecond=[{}]",
                shown(best.kernel()),
                device,
                shape.width(),
                shape.layers(),
                FEW,
                SEVERAL,
                figures);
        return best;
    }

    /** By the fastest step: a disturbed one says nothing about a kernel. */
    private static double tokensPerSecond(LanguageModel model, int count) {
        Scores out = new Scores(count, 2, 0);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = i;
        }
        long best = Long.MAX_VALUE;
        long spent = 0;
        try (KvCache cache = model.newCache(count)) {
            for (int steps = 0; steps < LEAST_STEPS || spent < ENOUGH_NANOS; steps++) {
                if (cache.length(0) == model.shape().context()) {
                    for (int row : rows) {
                        cache.truncate(row, 0);
                    }
                }
                long start = System.nanoTime();
                model.step(cache, rows, new int[count], count, out);
                long nanos = System.nanoTime() - start;
                best = Math.min(best, nanos);
                spent += nanos;
            }
        }
        return count * 1e9 / best;
    }

    private static String shown(Kernel kernel) {
        return kernel.name().toLowerCase(Locale.ROOT);
    }
}
