package dev.understudy.flink.job;

import dev.understudy.flink.budget.BudgetLedgerOperator;
import dev.understudy.flink.decode.DecodeOperatorFactory;
import dev.understudy.flink.prompt.GatedSource;
import dev.understudy.flink.swap.VersionAssignerOperator;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.RecordStreams;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.wire.Topics;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The graph of the serving job.
 *
 * <pre>
 *   prompts ─► GatedSource ─► DecodeOperator ─► KafkaSink ─► completions, signals, rejected-prompts, swaps
 *              └──────────── one chain, parallelism N ────┘      (one transaction a checkpoint)
 *                                   ▲   ┊ usage (acknowledged producer)
 *                                   ┊   ▼
 *   usage ───────► BudgetLedger ──┐ ┊ control (followed, read committed)
 *   checkpoints ─► VersionAssigner┴─► KafkaSink ─► control, assignments      (parallelism 1)
 * </pre>
 *
 * The ledger and the assigner meet decoding in topics only: an edge into the decode operator would take its unaligned
 * checkpoints and its chaining away.
 */
public final class ServingGraph {
    private ServingGraph() {}

    /** The graph, ready to be submitted. */
    public static StreamGraph of(ServingConfig config) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(
                FlinkSettings.of(config.checkpointInterval(), config.restartAttempts()));
        // Without this a local environment takes the number of cores, and a cluster with fewer slots waits 5 minutes.
        environment.setParallelism(1);
        decode(environment, config);
        control(environment, config);
        StreamGraph graph = environment.getStreamGraph();
        graph.setJobName(config.decode().jobName());
        return graph;
    }

    private static void decode(StreamExecutionEnvironment environment, ServingConfig config) {
        environment
                .fromSource(
                        new GatedSource<>(source(config, Topics.PROMPTS), TypeInformation.of(TopicRecord.class)),
                        WatermarkStrategy.noWatermarks(),
                        "prompts")
                .uid(OperatorUid.PROMPTS.uid())
                .setParallelism(config.parallelism())
                .transform("decode", WireRecord.type(), new DecodeOperatorFactory(config.decode()))
                .uid(OperatorUid.DECODE.uid())
                .setParallelism(config.parallelism())
                .sinkTo(sink(config))
                .name("completions")
                .uid(OperatorUid.DECODE_SINK.uid())
                .setParallelism(config.parallelism());
    }

    private static void control(StreamExecutionEnvironment environment, ServingConfig config) {
        KafkaAccess kafka = config.decode().kafka();
        DataStream<WireRecord> grants = environment
                .fromSource(
                        source(config, Topics.USAGE, Topics.CONTROL, Topics.CHECKPOINTS),
                        WatermarkStrategy.noWatermarks(),
                        "usage")
                .uid(OperatorUid.USAGE.uid())
                .transform(
                        "budget-ledger",
                        WireRecord.type(),
                        new BudgetLedgerOperator(
                                kafka,
                                config.decode().budgets(),
                                config.decode().use(),
                                config.decode().student().initialId()))
                .uid(OperatorUid.BUDGET_LEDGER.uid());
        DataStream<WireRecord> versions = environment
                .fromSource(
                        source(config, Topics.CHECKPOINTS, Topics.CONTROL),
                        WatermarkStrategy.noWatermarks(),
                        "checkpoints")
                .uid(OperatorUid.CHECKPOINTS.uid())
                .transform(
                        "version-assigner",
                        WireRecord.type(),
                        new VersionAssignerOperator(
                                kafka, config.decode().student().initialId()))
                .uid(OperatorUid.VERSION_ASSIGNER.uid());
        // Always in transactions: an aborted grant must not be acted upon, and a replaced ledger is fenced.
        grants.union(versions)
                .sinkTo(RecordStreams.exactlyOnce(kafka.bootstrapServers(), transactions(config, "control")))
                .name("control")
                .uid(OperatorUid.CONTROL_SINK.uid());
    }

    private static KafkaSource<TopicRecord> source(ServingConfig config, Topics... topics) {
        KafkaAccess kafka = config.decode().kafka();
        return RecordStreams.source(
                kafka.bootstrapServers(),
                kafka.prefix() + config.decode().jobName(),
                Arrays.stream(topics).map(kafka::name).toList());
    }

    private static String transactions(ServingConfig config, String sink) {
        return config.decode().kafka().prefix() + config.decode().jobName() + "-" + sink;
    }

    private static KafkaSink<WireRecord> sink(ServingConfig config) {
        String bootstrap = config.decode().kafka().bootstrapServers();
        return switch (config.delivery()) {
            case EXACTLY_ONCE -> RecordStreams.exactlyOnce(bootstrap, transactions(config, "decode"));
            case AT_LEAST_ONCE -> RecordStreams.atLeastOnce(bootstrap);
        };
    }
}
