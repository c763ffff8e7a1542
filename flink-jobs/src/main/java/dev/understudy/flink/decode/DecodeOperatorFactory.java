package dev.understudy.flink.decode;

import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes a {@link DecodeOperator} in every subtask; always chained to the gated source in front of it. */
public final class DecodeOperatorFactory extends AbstractStreamOperatorFactory<WireRecord>
        implements OneInputStreamOperatorFactory<TopicRecord, WireRecord> {
    private static final long serialVersionUID = 1;

    private final OperatorSettings settings;

    /** Operators with these settings. */
    public DecodeOperatorFactory(OperatorSettings settings) {
        this.settings = settings;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // The interface wants a type only the caller knows.
    public <T extends StreamOperator<WireRecord>> T createStreamOperator(
            StreamOperatorParameters<WireRecord> parameters) {
        return (T) new DecodeOperator(parameters, settings);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DecodeOperator.class;
    }
}
