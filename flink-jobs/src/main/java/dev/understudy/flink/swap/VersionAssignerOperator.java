package dev.understudy.flink.swap;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.topic.TopicFollower.Isolation;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.VersionNews;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.SwapRecords;
import dev.understudy.flink.wire.VersionRecords;
import dev.understudy.swap.VersionChoice;
import dev.understudy.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decides which version serves: reads published checkpoints and the operators' commands, writes assignments. The topics
 * are its state: they are read to their end before the first decision, so a start from an old savepoint, or from none,
 * decides as if it had never stopped. Parallelism 1.
 */
public final class VersionAssignerOperator extends AbstractStreamOperator<WireRecord>
        implements OneInputStreamOperator<TopicRecord, WireRecord> {
    private static final long serialVersionUID = 1;

    private final KafkaAccess kafka;
    private final String initial;
    private transient VersionChoice choice;
    private transient VersionRecords records;
    private transient SwapRecords outgoing;
    private transient Set<String> done;
    private transient @Nullable ScheduledFuture<?> begin;

    /** @param initial checkpoint id of the version that the job starts with */
    @SuppressWarnings("NullAway.Init") // Flink calls open before anything else.
    public VersionAssignerOperator(KafkaAccess kafka, String initial) {
        this.kafka = kafka;
        this.initial = initial;
    }

    @Override
    public void open() throws Exception {
        super.open();
        choice = new VersionChoice(new CheckpointId(initial));
        records = new VersionRecords();
        outgoing = new SwapRecords(kafka);
        done = new HashSet<>();
        recover();
        // Not here: the sink behind may write only when the whole chain is open.
        begin = getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime(), time -> decide("start"));
    }

    private void recover() {
        // A number in an aborted transaction may have been seen by somebody: none is used twice.
        for (VersionNews news : read(Topics.CONTROL, Isolation.UNCOMMITTED)) {
            if (news instanceof VersionNews.Assigned assigned) {
                choice.used(assigned.assignment().sequence());
            }
        }
        List<VersionNews> control = read(Topics.CONTROL, Isolation.COMMITTED);
        Instant decided = Instant.MIN;
        for (VersionNews news : control) {
            if (news instanceof VersionNews.Assigned assigned) {
                choice.recover(assigned.assignment());
                decided = assigned.at();
            }
        }
        read(Topics.CHECKPOINTS, Isolation.COMMITTED).forEach(this::hear);
        for (VersionNews news : control) {
            if (news instanceof VersionNews.Commanded command) {
                // "The one that serves" was another one then; what it led to is in the assignment.
                boolean over = command.version() == null && !command.at().isAfter(decided);
                if (over) {
                    done.add(command.commandId());
                } else {
                    hear(command);
                }
            }
        }
    }

    private List<VersionNews> read(Topics topic, Isolation isolation) {
        List<VersionNews> all = new ArrayList<>();
        try (TopicFollower follower = new TopicFollower(kafka.bootstrapServers(), kafka.name(topic), isolation)) {
            follower.readToEnd(value -> news(kafka.name(topic), value).ifPresent(all::add));
        }
        return all;
    }

    private Optional<VersionNews> news(String topic, byte[] value) {
        return topic.equals(kafka.name(Topics.CHECKPOINTS)) ? records.checkpoint(value) : records.control(value);
    }

    @Override
    public void processElement(StreamRecord<TopicRecord> element) {
        TopicRecord record = element.getValue();
        news(record.topic(), record.value()).ifPresent(news -> decide(hear(news)));
    }

    /** Takes news in; returns the reason of a decision that may follow. */
    private String hear(VersionNews news) {
        if (news instanceof VersionNews.Published published) {
            choice.published(published.id(), published.createdAt());
            return "published " + published.id();
        } else if (news instanceof VersionNews.Retired retired) {
            choice.retired(retired.id());
            return "retired " + retired.id();
        } else if (news instanceof VersionNews.Commanded command && done.add(command.commandId())) {
            obey(command);
            return "command " + command.commandId() + ": " + command.reason();
        }
        return "";
    }

    private void obey(VersionNews.Commanded command) {
        CheckpointId version = command.version() == null ? choice.chosen() : command.version();
        switch (command.kind()) {
            case ROLL_BACK -> choice.blocked(version);
            case UNBLOCK -> choice.unblocked(version);
            case PIN -> choice.pinned(version);
            case UNPIN -> choice.unpinned();
        }
    }

    private void decide(String reason) {
        Instant now = Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
        choice.next()
                .ifPresent(assignment -> outgoing.assignment(
                                assignment, assignment.version().value(), reason, now)
                        .forEach(record -> output.collect(new StreamRecord<>(record))));
    }

    @Override
    public void close() throws Exception {
        ScheduledFuture<?> timer = begin;
        if (timer != null) {
            timer.cancel(false);
        }
        super.close();
    }
}
