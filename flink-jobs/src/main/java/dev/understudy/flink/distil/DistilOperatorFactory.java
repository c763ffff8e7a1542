package dev.understudy.flink.distil;

import dev.understudy.flink.checkpoint.StagedCheckpoint;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.OutputTag;

/**
 * Makes the distillation operator on its task manager: records of {@code signals}, {@code feedback}, {@code control}
 * and {@code assignments} in, verdicts out, accepted candidates on the side output {@link #STAGED}.
 */
public final class DistilOperatorFactory extends AbstractStreamOperatorFactory<WireRecord>
        implements OneInputStreamOperatorFactory<TopicRecord, WireRecord> {
    /** Accepted candidates, staged and sealed. */
    public static final OutputTag<StagedCheckpoint> STAGED = DistilOperator.STAGED;

    private final KafkaAccess kafka;
    private final DistilOperatorConfig config;

    /** Of one pipeline. */
    public DistilOperatorFactory(KafkaAccess kafka, DistilOperatorConfig config) {
        this.kafka = kafka;
        this.config = config;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // As in Flink itself: T is the operator.
    public <T extends StreamOperator<WireRecord>> T createStreamOperator(
            StreamOperatorParameters<WireRecord> parameters) {
        return (T) new DistilOperator(parameters, kafka, config);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Flink
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
        return DistilOperator.class;
    }
}
