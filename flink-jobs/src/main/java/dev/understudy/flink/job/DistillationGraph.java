package dev.understudy.flink.job;

import dev.understudy.flink.checkpoint.CheckpointAnnouncer;
import dev.understudy.flink.checkpoint.CheckpointSink;
import dev.understudy.flink.distil.DistilOperatorFactory;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.RecordStreams;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.DistilInputs;
import dev.understudy.flink.wire.KafkaCheckpointAnnouncer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The graph of the distillation job; parallelism 1.
 *
 * <pre>
 *   signals     ─┐                                ┌─► KafkaSink ─────► verdicts (one transaction a checkpoint)
 *   feedback    ─┼─► KafkaSource ─► DistilOperator┤
 *   control     ─┤     (read         rounds as    └─► CheckpointSink ─► store, then checkpoints
 *   assignments ─┘   committed)      mails             (staged)         (rename)   (announcement)
 * </pre>
 *
 * One source for all inputs instead of a broadcast edge: that would switch unaligned checkpoints off.
 */
public final class DistillationGraph {
    private DistillationGraph() {}

    /** The graph, ready to be submitted. */
    public static StreamGraph of(DistillationConfig config) {
        KafkaAccess kafka = config.kafka();
        return of(config, () -> new KafkaCheckpointAnnouncer(kafka));
    }

    /** The graph with another way to announce. */
    static StreamGraph of(DistillationConfig config, CheckpointAnnouncer.Factory announcers) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(
                FlinkSettings.of(config.checkpointInterval(), config.restartAttempts()));
        // Without this a local environment takes the number of cores, and a cluster with fewer slots waits 5 minutes.
        environment.setParallelism(1);
        environment.setMaxParallelism(1);
        KafkaAccess kafka = config.kafka();
        SingleOutputStreamOperator<WireRecord> verdicts = environment
                .fromSource(
                        RecordStreams.source(kafka.bootstrapServers(), config.jobName(), DistilInputs.topics(kafka)),
                        WatermarkStrategy.noWatermarks(),
                        "signals")
                .uid(OperatorUid.SIGNALS.uid())
                .transform("distil", WireRecord.type(), new DistilOperatorFactory(kafka, config.distil()))
                .uid(OperatorUid.DISTIL.uid());
        verdicts.sinkTo(RecordStreams.exactlyOnce(
                        kafka.bootstrapServers(), kafka.prefix() + config.jobName() + "-verdicts"))
                .name("verdicts")
                .uid(OperatorUid.VERDICTS.uid());
        verdicts.getSideOutput(DistilOperatorFactory.STAGED)
                .sinkTo(new CheckpointSink(config.distil().places().store(), announcers))
                .name("checkpoints")
                .uid(OperatorUid.STAGED_CHECKPOINTS.uid());
        StreamGraph graph = environment.getStreamGraph();
        graph.setJobName(config.jobName());
        return graph;
    }
}
