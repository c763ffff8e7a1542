package dev.understudy.flink.metric;

import java.util.List;
import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Every metric of both jobs, and the only way to register one: what a dashboard asks for by name is what the code
 * counts. The group is the stage; Prometheus shows {@link #DECODE_TOKENS} as
 * {@code flink_taskmanager_job_task_operator_decode_tokens}.
 */
public enum LoopMetric {
    DECODE_FINISHED("decode.finished", Type.COUNTER, "sequences", "Completions written."),
    DECODE_REJECTED("decode.rejected", Type.COUNTER, "prompts", "Prompts that went to rejected-prompts."),
    DECODE_RESUMED("decode.resumed", Type.COUNTER, "sequences", "Sequences taken back from state after a restart."),
    DECODE_TOKENS("decode.tokens", Type.COUNTER, "tokens", "Tokens of finished completions."),
    DECODE_TEACHER_TOKENS(
            "decode.teacherTokens",
            Type.COUNTER,
            "tokens",
            "Those of them that the teacher wrote: help that was used."),
    DECODE_AWAITING_ALLOWANCE(
            "decode.awaitingAllowance",
            Type.COUNTER,
            "sequences",
            "Completions that wanted help before an allowance had come; a lasting rate means that checkpoints are slow."),
    DECODE_EXHAUSTED(
            "decode.exhausted",
            Type.COUNTER,
            "sequences",
            "Completions that went on alone because the budget was used up."),
    DECODE_TEACHER_DOWN(
            "decode.teacherDown",
            Type.COUNTER,
            "sequences",
            "Completions that went on alone because the teacher failed."),
    DECODE_DEFERRED(
            "decode.deferred",
            Type.COUNTER,
            "prompts",
            "Prompts that were queued to be taught when there is help again."),
    DECODE_STEPS("decode.steps", Type.COUNTER, "steps", "Decode steps, each one token for every running row."),
    DECODE_STEP_MILLIS("decode.stepMillis", Type.COUNTER, "milliseconds", "Time in decode steps, prefill included."),
    DECODE_SLOWEST_STEP_MILLIS(
            "decode.slowestStepMillis",
            Type.GAUGE,
            "milliseconds",
            "Longest step of the last 10 to 20 seconds: how long a Flink barrier may have to wait."),
    DECODE_ROWS("decode.rows", Type.GAUGE, "sequences", "Rows in use, those that wait for the teacher included."),
    DECODE_IN_FLIGHT(
            "decode.inFlight",
            Type.GAUGE,
            "sequences",
            "Sequences in the operator's state: queued, running or shown last."),
    BUDGET_CAP("budget.cap", Type.GAUGE, "units", "Cap of the window; labels tenant and unit."),
    BUDGET_GRANTED(
            "budget.granted", Type.GAUGE, "units", "What of it the shards hold or have used; labels tenant and unit."),
    BUDGET_WAITING(
            "budget.waiting",
            Type.GAUGE,
            "units",
            "What shards have asked for and not been granted; a lasting value means that the cap is used up, or that the"
                    + " ledger is behind; labels tenant and unit."),
    BUDGET_PRICE(
            "budget.price",
            Type.GAUGE,
            "difficulty",
            "Price of help, -1 where everything is asked for, not a number before one is set; labels tenant and workload."),
    BUDGET_SHARE(
            "budget.share",
            Type.GAUGE,
            "fraction",
            "The teacher's part of the tokens of late; labels tenant and workload."),
    BUDGET_AGREEMENT(
            "budget.agreement",
            Type.GAUGE,
            "fraction",
            "Sequences on which the student agrees with the teacher, estimated from those seen whole; labels tenant and"
                    + " workload."),
    BUDGET_AGREEMENT_LOW("budget.agreementLow", Type.GAUGE, "fraction", "Lower end of the estimate's 90 % interval."),
    BUDGET_AGREEMENT_HIGH("budget.agreementHigh", Type.GAUGE, "fraction", "Upper end of the estimate's 90 % interval."),
    SWAP_SERVING(
            "swap.serving", Type.COUNTER, "swaps", "Versions that were proven and serve, the first one not counted."),
    SWAP_REFUSED("swap.refused", Type.COUNTER, "swaps", "Assigned versions that failed their proof and never serve."),
    SWAP_RETRIED("swap.retried", Type.COUNTER, "loads", "Loads that failed and are tried again."),
    SWAP_LOAD_MILLIS(
            "swap.loadMillis",
            Type.GAUGE,
            "milliseconds",
            "Loading and proving of the last version, off the task thread."),
    SWAP_PAUSE_MILLIS(
            "swap.pauseMillis", Type.GAUGE, "milliseconds", "Time that running rows stood still for the last swap."),
    DISTIL_SIGNALS("distil.signals", Type.COUNTER, "signals", "Signals taken into memory."),
    DISTIL_PASSED_OVER(
            "distil.passedOver", Type.COUNTER, "records", "Inputs that are not learnt from; label reason says why."),
    DISTIL_ROUND("distil.round", Type.GAUGE, "rounds", "Number of the round that runs or ran last."),
    DISTIL_STEP("distil.step", Type.GAUGE, "steps", "Training steps done in it."),
    DISTIL_NEW_SIGNALS("distil.newSignals", Type.GAUGE, "signals", "Signals that came since the last round began."),
    DISTIL_KEPT_BYTES("distil.keptBytes", Type.GAUGE, "bytes", "Size of the replay buffer.");

    /** How a metric moves. */
    public enum Type {
        /** Only grows; a restart begins at zero. */
        COUNTER,
        /** The value of the moment. */
        GAUGE
    }

    private final String group;
    private final String metric;
    private final Type type;
    private final String unit;
    private final String description;

    LoopMetric(String path, Type type, String unit, String description) {
        int dot = path.indexOf('.');
        this.group = path.substring(0, dot);
        this.metric = path.substring(dot + 1);
        this.type = type;
        this.unit = unit;
        this.description = description;
    }

    /** Stage and name, joined by a dot; the end of the name in every reporter. */
    public String path() {
        return group + "." + metric;
    }

    /** How it moves. */
    public Type type() {
        return type;
    }

    /** What one is. */
    public String unit() {
        return unit;
    }

    /** What it counts or shows, in one sentence. */
    public String description() {
        return description;
    }

    /**
     * Registers this counter.
     *
     * @param operator the operator's own group
     */
    public Counter counter(MetricGroup operator) {
        require(Type.COUNTER);
        return operator.addGroup(group).counter(metric);
    }

    /**
     * Registers this counter with a label.
     *
     * @param operator the operator's own group
     * @param value upper case is made lower case with hyphens, as labels are
     */
    public Counter counter(MetricGroup operator, String label, String value) {
        require(Type.COUNTER);
        return operator.addGroup(group)
                .addGroup(label, value.toLowerCase(Locale.ROOT).replace('_', '-'))
                .counter(metric);
    }

    /**
     * Registers this gauge.
     *
     * @param operator the operator's own group
     * @param value read by the reporters' threads
     */
    public void gauge(MetricGroup operator, Gauge<? extends Number> value) {
        require(Type.GAUGE);
        operator.addGroup(group).gauge(metric, value);
    }

    /**
     * Registers this gauge with labels.
     *
     * @param operator the operator's own group
     * @param labels names and values in turns
     * @param value read by the reporters' threads
     */
    public void gauge(MetricGroup operator, List<String> labels, Gauge<? extends Number> value) {
        require(Type.GAUGE);
        MetricGroup place = operator.addGroup(group);
        for (int i = 0; i < labels.size(); i += 2) {
            place = place.addGroup(labels.get(i), labels.get(i + 1));
        }
        place.gauge(metric, value);
    }

    private void require(Type wanted) {
        if (type != wanted) {
            throw new IllegalStateException("[BUG] metric " + path() + " is a " + type + ", registered as " + wanted);
        }
    }
}
