package dev.understudy.flink.swap;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointRejectedException;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.swap.Assignment;
import dev.understudy.swap.SwapAction;
import dev.understudy.swap.SwapEvent;
import dev.understudy.swap.SwapProtocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what {@link SwapProtocol} decides: loads on a thread of its own, serves and closes on the task thread.
 * Owned by the task thread; closes every model that it opened.
 */
public final class ModelSwap implements AutoCloseable {
    private static final long LOADER_STOP_SECONDS = 10;
    private static final long NANOS_A_MILLI = 1_000_000;

    private final ModelLoading loading;
    private final SwapHost host;
    private final ExecutorService loader;
    private final SwapProtocol protocol;
    private final Map<CheckpointId, ModelVersion> models = new HashMap<>();
    private final Map<Long, ModelVersion> loaded = new HashMap<>();

    /**
     * Serves {@code first} at once.
     *
     * @param first proved version; owned by the swap from here on
     */
    public ModelSwap(ModelLoading loading, ModelVersion first, SwapHost host, String threadName) {
        this.loading = loading;
        this.host = host;
        loader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        protocol = new SwapProtocol(first.id());
        models.put(first.id(), first);
        host.serve(first);
    }

    /** Takes an assignment; one that is older than the newest known has no effect. */
    public void assigned(Assignment assignment) {
        take(new SwapEvent.Assigned(assignment));
    }

    /** The decoder has no sequence on this version any more. */
    public void drained(CheckpointId version) {
        take(new SwapEvent.Drained(version));
    }

    /** Version that new sequences run on. */
    public CheckpointId serving() {
        return protocol.state().serving();
    }

    private void take(SwapEvent event) {
        long started = System.nanoTime();
        List<SwapAction> actions = protocol.on(event);
        for (SwapAction action : actions) {
            carryOut(action, started);
        }
    }

    private void carryOut(SwapAction action, long started) {
        if (action instanceof SwapAction.Load load) {
            startLoading(load);
        } else if (action instanceof SwapAction.Serve serve) {
            host.serve(opened(serve.version()));
        } else if (action instanceof SwapAction.Close close) {
            ModelVersion closing = models.remove(close.version());
            if (closing != null) {
                closing.model().close();
            }
        } else if (action instanceof SwapAction.Discard discard) {
            ModelVersion unwanted = loaded.remove(discard.ticket());
            if (unwanted != null) {
                unwanted.model().close();
            }
        } else if (action instanceof SwapAction.Report report) {
            ModelVersion version = models.get(report.version());
            long pause = System.nanoTime() - started;
            host.report(
                    report,
                    new SwapTimes(
                            version == null ? 0 : version.loadMillis(), (pause + NANOS_A_MILLI - 1) / NANOS_A_MILLI));
        }
    }

    private ModelVersion opened(CheckpointId id) {
        ModelVersion version = models.get(id);
        if (version == null) {
            throw new IllegalStateException("[BUG] version " + id + " is to serve and is not loaded");
        }
        return version;
    }

    private void startLoading(SwapAction.Load load) {
        loader.execute(() -> {
            SwapEvent event;
            ModelVersion version = null;
            try {
                version = loading.load(load.version());
                event = new SwapEvent.Loaded(load.ticket(), load.version(), version.proof());
            } catch (CheckpointRejectedException | ModelRejectedException e) {
                event = new SwapEvent.ProofFailed(load.ticket(), load.version(), reason(e));
            } catch (RuntimeException | OutOfMemoryError e) {
                event = new SwapEvent.LoadFailed(load.ticket(), load.version(), reason(e));
            }
            deliver(load.ticket(), version, event);
        });
    }

    private void deliver(long ticket, @Nullable ModelVersion version, SwapEvent event) {
        try {
            host.mail(() -> {
                if (version != null) {
                    loaded.put(ticket, version);
                }
                arrived(ticket, event);
            });
        } catch (RejectedExecutionException e) {
            // The task is going away; nobody else will close this model.
            if (version != null) {
                version.model().close();
            }
        }
    }

    /** Moves the model to the open ones unless the protocol discards it in the same breath. */
    private void arrived(long ticket, SwapEvent event) {
        long started = System.nanoTime();
        List<SwapAction> actions = protocol.on(event);
        boolean discarded = actions.stream()
                .anyMatch(action -> action instanceof SwapAction.Discard discard && discard.ticket() == ticket);
        ModelVersion version = discarded ? null : loaded.remove(ticket);
        if (version != null) {
            ModelVersion open = models.putIfAbsent(version.id(), version);
            if (open != null) {
                // Sequences may run on the one that is open.
                version.model().close();
            }
        }
        actions.forEach(action -> carryOut(action, started));
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        loader.shutdown();
        try {
            // A load that is under way ends first: a model must not be opened behind a closed engine's back.
            loader.awaitTermination(LOADER_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        models.values().forEach(version -> version.model().close());
        loaded.values().forEach(version -> version.model().close());
        models.clear();
        loaded.clear();
    }
}
