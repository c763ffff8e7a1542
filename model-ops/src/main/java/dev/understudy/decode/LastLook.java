package dev.understudy.decode;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Whether the teacher reads a sequence whose tokens are all written: its tail where help was used, or the whole where
 * it is drawn for an audit. Owned by the task thread.
 */
final class LastLook {
    private final AskConfig config;
    private final TeacherCalls teacher;

    LastLook(AskConfig config, TeacherCalls teacher) {
        this.config = config;
        this.teacher = teacher;
    }

    /** Shows the sequence where that is due; false when no look is under way. */
    boolean show(Sequence sequence) {
        boolean gap = sequence.firstGap() < sequence.size();
        boolean helped = sequence.help.teacherTokens() > 0;
        boolean certain = !gap || (helped && config.closingLook());
        sequence.propensity = certain ? 1 : config.auditShare();
        sequence.due = sequence.size() > 0 && (certain || drawsAudit(sequence));
        if (gap && helped && config.closingLook()) {
            return teacher.show(sequence, LookPurpose.CLOSING_LOOK);
        }
        if (gap && drawsAudit(sequence)) {
            return teacher.show(sequence, LookPurpose.AUDIT);
        }
        sequence.audited = sequence.size() > 0 && !gap && drawsAudit(sequence);
        return false;
    }

    /** Takes what the teacher has said; null when it said nothing. */
    void seen(Sequence sequence, LookPurpose purpose, @Nullable Reply reply) {
        if (reply != null) {
            sequence.learn(reply.distributions(), sequence.size() - 1);
            sequence.audited |= purpose == LookPurpose.AUDIT || drawsAudit(sequence);
        }
    }

    private boolean drawsAudit(Sequence sequence) {
        return sequence.draws.uniform(0, Draws.Purpose.AUDIT) < config.auditShare();
    }
}
