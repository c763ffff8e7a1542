package dev.understudy.flink.decode;

import dev.understudy.decode.FinishedSequence;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of one decoding subtask, in the metric group {@code decode}. Owned by the task thread. */
final class DecodeMetrics {
    private final Counter finished;
    private final Counter rejected;
    private final Counter resumed;
    private final Counter steps;
    private final Counter tokens;
    private final Counter teacherTokens;

    DecodeMetrics(MetricGroup operator) {
        MetricGroup decode = operator.addGroup("decode");
        finished = decode.counter("finished");
        rejected = decode.counter("rejected");
        resumed = decode.counter("resumed");
        steps = decode.counter("steps");
        tokens = decode.counter("tokens");
        teacherTokens = decode.counter("teacherTokens");
    }

    void finished(FinishedSequence sequence) {
        finished.inc();
        tokens.inc(sequence.sequence().written().size());
        teacherTokens.inc(sequence.sequence().help().teacherTokens());
    }

    void rejected() {
        rejected.inc();
    }

    void resumed(int sequences) {
        resumed.inc(sequences);
    }

    void stepped() {
        steps.inc();
    }
}
