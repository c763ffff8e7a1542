package dev.understudy.flink.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.flink.signal.DistilInput;
import dev.understudy.flink.signal.DistilInput.PassedOver;
import dev.understudy.flink.signal.DistilInput.Reason;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.budget.CommandKind;
import dev.understudy.wire.budget.OperatorCommand;
import dev.understudy.wire.signal.InterventionRecorded;
import dev.understudy.wire.signal.OutcomeReported;
import dev.understudy.wire.swap.VersionAssigned;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DistilInputsTest {
    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final KafkaAccess KAFKA = new KafkaAccess("localhost:1", "demo.");

    private final DistilInputs inputs = new DistilInputs(KAFKA, "ab");

    @Test
    void bytesThatAreNoRecordAreAnInputLikeAnyOther() {
        DistilInput input = inputs.read(new TopicRecord("demo.signals", 0, 0, new byte[] {1, 2, 3}));

        assertThat(input).isEqualTo(new PassedOver(Reason.MALFORMED));
    }

    @Test
    void aVerifiedAnswerNeedsConsent() throws Exception {
        assertThat(read(Topics.FEEDBACK, outcome(true)))
                .isEqualTo(new DistilInput.Outcome("acme", "order-c1", "three boxes", "3"));
        assertThat(read(Topics.FEEDBACK, outcome(false))).isEqualTo(new PassedOver(Reason.NO_CONSENT));
    }

    @Test
    void aSignalMustBeRenderedWithTheStudentsTemplate() throws Exception {
        assertThat(read(Topics.SIGNALS, signal("ab"))).isInstanceOf(DistilInput.Signal.class);
        assertThat(read(Topics.SIGNALS, signal(null))).isInstanceOf(DistilInput.Signal.class);
        assertThat(read(Topics.SIGNALS, signal("cd"))).isEqualTo(new PassedOver(Reason.FOREIGN_TEMPLATE));
        assertThat(read(Topics.SIGNALS, signal(""))).isEqualTo(new PassedOver(Reason.FOREIGN_TEMPLATE));
    }

    private static InterventionRecorded signal(@Nullable String template) {
        InterventionRecorded record = InterventionAvro.fromDomain(
                new Intervention(
                        "p",
                        "acme",
                        "order",
                        new int[] {1},
                        new int[] {2},
                        List.of(Author.STUDENT),
                        new int[] {2},
                        new float[] {0.5f},
                        new float[] {0.5f},
                        List.of(new TeacherDistribution(new int[] {2}, new float[] {-0.1f})),
                        1,
                        "s",
                        "t",
                        "v",
                        true),
                AT);
        record.setTemplateHash(template);
        return record;
    }

    @Test
    void readsAssignmentsWithWhatIsBlocked() throws Exception {
        VersionAssigned assigned = VersionAssigned.newBuilder()
                .setSequence(3)
                .setCheckpointId("r0001-a")
                .setUri("file:/store/r0001-a")
                .setBlocked(List.of("r0002-b"))
                .setReason("rolled back")
                .setAssignedAt(AT)
                .build();

        assertThat(read(Topics.CONTROL, assigned))
                .isEqualTo(new DistilInput.Assignment(new CheckpointId("r0001-a"), List.of("r0002-b")));
    }

    @Test
    void ofAllCommandsOnlyTheRequestForARoundIsMeant() throws Exception {
        assertThat(read(Topics.CONTROL, command(CommandKind.START_ROUND)))
                .isEqualTo(new DistilInput.RoundRequested("c-1"));
        assertThat(read(Topics.CONTROL, command(CommandKind.PAUSE_HELP)))
                .isEqualTo(new PassedOver(Reason.NOT_FOR_DISTILLATION));
    }

    private DistilInput read(Topics topic, SpecificRecord record) throws Exception {
        return inputs.read(
                new TopicRecord(KAFKA.name(topic), 0, 7, WireCodec.of(topic).encode(record)));
    }

    private static OutcomeReported outcome(boolean consent) {
        return OutcomeReported.newBuilder()
                .setTenant("acme")
                .setWorkload("order-c1")
                .setPromptText("three boxes")
                .setAnswer("3")
                .setConsent(consent)
                .setAt(AT)
                .build();
    }

    private static OperatorCommand command(CommandKind kind) {
        return OperatorCommand.newBuilder()
                .setId("c-1")
                .setCommand(kind)
                .setAt(AT)
                .build();
    }
}
