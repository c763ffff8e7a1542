package dev.understudy.flink.decode;

import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.HelpState;
import dev.understudy.flink.metric.LoopMetric;
import dev.understudy.flink.metric.SlidingMaximum;
import dev.understudy.flink.swap.SwapTimes;
import dev.understudy.swap.SwapAction;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Figures of one decoding subtask. Written by the task thread; reporters read the gauges from theirs. */
final class DecodeMetrics {
    private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

    private final Counter finished;
    private final Counter rejected;
    private final Counter resumed;
    private final Counter steps;
    private final Counter stepMillis;
    private final Counter tokens;
    private final Counter teacherTokens;
    private final Counter deferred;
    private final Map<HelpState, Counter> alone = new EnumMap<>(HelpState.class);
    private final Map<SwapAction.Outcome, Counter> swaps = new EnumMap<>(SwapAction.Outcome.class);
    private final SlidingMaximum slowest = new SlidingMaximum(PERIOD, System.nanoTime());
    private long stepNanos;
    private volatile int rows;
    private volatile int inFlight;
    private volatile SwapTimes lastSwap = SwapTimes.NONE;

    DecodeMetrics(MetricGroup operator) {
        finished = LoopMetric.DECODE_FINISHED.counter(operator);
        rejected = LoopMetric.DECODE_REJECTED.counter(operator);
        resumed = LoopMetric.DECODE_RESUMED.counter(operator);
        steps = LoopMetric.DECODE_STEPS.counter(operator);
        stepMillis = LoopMetric.DECODE_STEP_MILLIS.counter(operator);
        tokens = LoopMetric.DECODE_TOKENS.counter(operator);
        teacherTokens = LoopMetric.DECODE_TEACHER_TOKENS.counter(operator);
        deferred = LoopMetric.DECODE_DEFERRED.counter(operator);
        alone.put(HelpState.AWAITING_ALLOWANCE, LoopMetric.DECODE_AWAITING_ALLOWANCE.counter(operator));
        alone.put(HelpState.EXHAUSTED, LoopMetric.DECODE_EXHAUSTED.counter(operator));
        alone.put(HelpState.TEACHER_DOWN, LoopMetric.DECODE_TEACHER_DOWN.counter(operator));
        swaps.put(SwapAction.Outcome.SERVING, LoopMetric.SWAP_SERVING.counter(operator));
        swaps.put(SwapAction.Outcome.REFUSED, LoopMetric.SWAP_REFUSED.counter(operator));
        swaps.put(SwapAction.Outcome.RETRYING, LoopMetric.SWAP_RETRIED.counter(operator));
        LoopMetric.DECODE_ROWS.gauge(operator, () -> rows);
        LoopMetric.DECODE_IN_FLIGHT.gauge(operator, () -> inFlight);
        LoopMetric.DECODE_SLOWEST_STEP_MILLIS.gauge(
                operator, () -> TimeUnit.NANOSECONDS.toMillis(slowest.maximum(System.nanoTime())));
        LoopMetric.SWAP_LOAD_MILLIS.gauge(operator, () -> lastSwap.loadMillis());
        LoopMetric.SWAP_PAUSE_MILLIS.gauge(operator, () -> lastSwap.pauseMillis());
    }

    void finished(FinishedSequence sequence) {
        finished.inc();
        tokens.inc(sequence.sequence().written().size());
        teacherTokens.inc(sequence.sequence().help().teacherTokens());
        Counter wentAlone = alone.get(sequence.sequence().help().state());
        if (wentAlone != null) {
            wentAlone.inc();
        }
    }

    void deferred() {
        deferred.inc();
    }

    void rejected() {
        rejected.inc();
    }

    void resumed(int sequences) {
        resumed.inc(sequences);
    }

    /**
     * A step has ended.
     *
     * @param started and {@code ended} of {@link System#nanoTime()}
     */
    void stepped(long started, long ended) {
        steps.inc();
        stepNanos += ended - started;
        stepMillis.inc(TimeUnit.NANOSECONDS.toMillis(stepNanos) - stepMillis.getCount());
        slowest.add(ended - started, ended);
    }

    /** What the operator holds now. */
    void holds(int usedRows, int sequences) {
        rows = usedRows;
        inFlight = sequences;
    }

    void swapped(SwapAction.Outcome outcome, SwapTimes times) {
        Counter counter = swaps.get(outcome);
        if (counter != null) {
            counter.inc();
        }
        if (outcome == SwapAction.Outcome.SERVING) {
            lastSwap = times;
        }
    }
}
