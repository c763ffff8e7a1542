package dev.understudy.flink.wire;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.flink.signal.DistilInput;
import dev.understudy.flink.signal.DistilInput.PassedOver;
import dev.understudy.flink.signal.DistilInput.Reason;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.budget.CommandKind;
import dev.understudy.wire.budget.OperatorCommand;
import dev.understudy.wire.signal.InterventionRecorded;
import dev.understudy.wire.signal.OutcomeReported;
import dev.understudy.wire.swap.VersionAssigned;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads what the distillation job is told. A record that cannot be read is an input like any other: it is counted, and
 * the job goes on. Owned by one task thread.
 */
public final class DistilInputs {
    private static final List<Topics> TOPICS =
            List.of(Topics.SIGNALS, Topics.FEEDBACK, Topics.CONTROL, Topics.ASSIGNMENTS);

    private final Map<String, WireCodec<SpecificRecord>> codecs = new HashMap<>();

    private final String template;

    /**
     * Reads records of one pipeline's topics.
     *
     * @param template sha256 of the student's chat template, empty when there is none: signals of prompts that were
     *     rendered otherwise are passed over
     */
    public DistilInputs(KafkaAccess kafka, String template) {
        this.template = template;
        TOPICS.forEach(topic -> codecs.put(kafka.name(topic), WireCodec.of(topic)));
    }

    /** Full names of the topics that the job reads. */
    public static List<String> topics(KafkaAccess kafka) {
        return TOPICS.stream().map(kafka::name).toList();
    }

    /** What {@code record} says. */
    public DistilInput read(TopicRecord record) {
        WireCodec<SpecificRecord> codec = codecs.get(record.topic());
        if (codec == null) {
            throw new IllegalArgumentException("[BUG] a record of topic " + record.topic() + "; expected one of "
                    + codecs.keySet() + ". Change the source together with its reader.");
        }
        try {
            return input(record, codec.decode(record.value()));
        } catch (WireException | IllegalArgumentException e) {
            return new PassedOver(Reason.MALFORMED);
        }
    }

    private DistilInput input(TopicRecord at, SpecificRecord value) {
        if (value instanceof InterventionRecorded signal) {
            String rendered = signal.getTemplateHash();
            if (rendered != null && !rendered.equals(template)) {
                return new PassedOver(Reason.FOREIGN_TEMPLATE);
            }
            return new DistilInput.Signal(InterventionAvro.toDomain(signal), at.topic(), at.partition(), at.offset());
        }
        if (value instanceof OutcomeReported outcome) {
            return outcome(outcome);
        }
        if (value instanceof VersionAssigned assigned) {
            return new DistilInput.Assignment(new CheckpointId(assigned.getCheckpointId()), assigned.getBlocked());
        }
        if (value instanceof OperatorCommand command && command.getCommand() == CommandKind.START_ROUND) {
            return new DistilInput.RoundRequested(command.getId());
        }
        return new PassedOver(Reason.NOT_FOR_DISTILLATION);
    }

    private static DistilInput outcome(OutcomeReported outcome) {
        String prompt = outcome.getPromptText();
        String answer = outcome.getAnswer();
        if (prompt == null || answer == null) {
            return new PassedOver(Reason.NOT_FOR_DISTILLATION);
        }
        if (!outcome.getConsent()) {
            return new PassedOver(Reason.NO_CONSENT);
        }
        return new DistilInput.Outcome(outcome.getTenant(), outcome.getWorkload(), prompt, answer);
    }
}
