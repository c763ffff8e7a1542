package dev.understudy.flink.wire;

import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.flink.prompt.Arrival;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import dev.understudy.wire.decode.StopReason;
import dev.understudy.wire.prompt.PromptDeferred;
import dev.understudy.wire.prompt.PromptRejected;
import dev.understudy.wire.signal.InterventionRecorded;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What decoding writes to Kafka: completions, signals and rejections. Owned by one task thread. */
public final class DecodeRecords {
    /** Longer originals are cut, so that a rejection never breaks the broker's own bound. */
    private static final int LONGEST_ORIGINAL = 900_000;

    private final OutgoingRecords out;
    private final String template;

    /**
     * Records for the topics of one pipeline.
     *
     * @param template sha256 of the chat template that prompts are rendered with, empty when there is none
     */
    public DecodeRecords(KafkaAccess kafka, String template) {
        out = new OutgoingRecords(kafka);
        this.template = template;
    }

    /** The completion of a finished sequence. */
    public WireRecord completion(FinishedSequence finished) {
        SequenceSnapshot sequence = finished.sequence();
        var prompt = sequence.prompt();
        CompletionProduced record = CompletionProduced.newBuilder()
                .setId(prompt.id().value())
                .setTenant(prompt.tenant())
                .setWorkload(prompt.workload())
                .setConsent(prompt.consent())
                .setPromptIds(list(prompt.tokenIds()))
                .setText(finished.text())
                .setTokenIds(list(sequence.written().ids()))
                .setAuthors(authors(sequence.written().authors()))
                .setStudentVersion(sequence.version())
                .setTeacherVersion(finished.teacherVersion().isEmpty() ? null : finished.teacherVersion())
                .setStopReason(stop(finished.stop()))
                .setHelpState(HelpState.valueOf(sequence.help().state().name()))
                .setAsks(sequence.help().asks())
                .setTeacherTokens(sequence.help().teacherTokens())
                .setPolicy(finished.asking().policy())
                .setPrice(price(finished))
                .setDraftedTokens(sequence.help().drafts().written())
                .setRejectedTokens(sequence.help().drafts().rejected())
                .setHelpMicroDollars(sequence.help().outlay().microDollars())
                .setHelpMillis(sequence.help().outlay().waitedMillis())
                .setAudited(finished.audited())
                .setResumed(sequence.resumed())
                .setQueueMillis(millis(prompt.submittedAt(), sequence.startedAt()))
                .setDecodeMillis(millis(sequence.startedAt(), finished.finishedAt()))
                .setSubmittedAt(prompt.submittedAt())
                .setFinishedAt(finished.finishedAt())
                .build();
        return out.of(Topics.COMPLETIONS, record);
    }

    /** The training signal of a finished sequence. */
    public WireRecord signal(Intervention intervention, FinishedSequence finished) {
        InterventionRecorded record = InterventionAvro.fromDomain(intervention, finished.finishedAt());
        record.setPolicy(finished.asking().policy());
        record.setPrice(price(finished));
        record.setTemplateHash(template);
        record.setBudgetState(finished.sequence().help().state().name());
        return out.of(Topics.SIGNALS, record);
    }

    private static @Nullable Double price(FinishedSequence finished) {
        double price = finished.asking().price();
        return Double.isNaN(price) ? null : price;
    }

    /** A served prompt that is to be taught when help is available again. */
    public WireRecord deferral(FinishedSequence finished) {
        SequenceSnapshot sequence = finished.sequence();
        var prompt = sequence.prompt();
        PromptDeferred record = PromptDeferred.newBuilder()
                .setId(prompt.id().value())
                .setTenant(prompt.tenant())
                .setWorkload(prompt.workload())
                .setConsent(prompt.consent())
                .setPromptIds(list(prompt.tokenIds()))
                .setTokenIds(list(sequence.written().ids()))
                .setStudentVersion(sequence.version())
                .setHelpState(sequence.help().state().name())
                .setWanted(sequence.help().masked())
                .setDeferredAt(finished.finishedAt())
                .build();
        return out.of(Topics.DEFERRED_PROMPTS, record);
    }

    /** A rejection, with the bytes as they came. */
    public WireRecord rejection(TopicRecord original, Arrival.Rejected rejected, Instant at) {
        byte[] value = original.value();
        byte[] kept = value.length <= LONGEST_ORIGINAL ? value : Arrays.copyOf(value, LONGEST_ORIGINAL);
        PromptRejected record = PromptRejected.newBuilder()
                .setId(rejected.id())
                .setTenant(rejected.tenant())
                .setOriginal(ByteBuffer.wrap(kept))
                .setOriginalSize(value.length)
                .setTopic(original.topic())
                .setPartition(original.partition())
                .setOffset(original.offset())
                .setCode(rejected.reason().name())
                .setMessage(rejected.message())
                .setRejectedAt(at)
                .build();
        return out.of(Topics.REJECTED_PROMPTS, record);
    }

    private static StopReason stop(dev.understudy.decode.StopReason reason) {
        return switch (reason) {
            case END -> StopReason.END_TOKEN;
            case STOP_ID -> StopReason.STOP_ID;
            case STOP_TEXT -> StopReason.STOP_TEXT;
            case MAX_TOKENS -> StopReason.MAX_TOKENS;
            case CONTEXT -> StopReason.CONTEXT_FULL;
            case HELP_EXHAUSTED -> StopReason.HELP_EXHAUSTED;
        };
    }

    /** Clocks of caller and job may differ: a negative span is shown as none. */
    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }

    private static ByteBuffer authors(List<Author> authors) {
        byte[] codes = new byte[authors.size()];
        for (int t = 0; t < codes.length; t++) {
            codes[t] = (byte) (authors.get(t) == Author.TEACHER ? 1 : 0);
        }
        return ByteBuffer.wrap(codes);
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
