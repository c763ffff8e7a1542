package dev.understudy.infra.bench.frontier;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A teacher that is not asked twice what follows a text: policies differ in when they ask, hardly in what they have
 * written by then, and a bench repeats every prompt hundreds of times. Answers are those of the teacher behind it.
 * Thread safe.
 */
final class Remembering implements Teacher {
    private final Teacher teacher;
    /** By prompt ids: a tree of what was written behind them. */
    private final Map<IntBuffer, Node> roots = new HashMap<>();

    /** A text, and what the teacher thinks comes next. */
    private static final class Node {
        private final Map<Integer, Node> next = new HashMap<>();
        private @Nullable TeacherDistribution law;
        /** Natural-log probability of the text's last token; not a number until it was told. */
        private float own = Float.NaN;

        Node child(int token) {
            return next.computeIfAbsent(token, t -> new Node());
        }
    }

    /** @param teacher is not closed here */
    Remembering(Teacher teacher) {
        this.teacher = teacher;
    }

    @Override
    public String version() {
        return teacher.version();
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        if (look.draft().detail() == Draft.Detail.LAWS) {
            return teacher.look(look);
        }
        List<Node> path = path(look);
        int unknown = firstUnknown(look, path);
        if (unknown < 0) {
            return CompletableFuture.completedFuture(reply(look, path));
        }
        int from = Math.min(unknown, look.completionIds().length - look.draft().tokens());
        return teacher.look(from(look, from)).thenApply(reply -> {
            keep(look, from, path, reply);
            return reply(look, path);
        });
    }

    private static Look from(Look look, int position) {
        return new Look(
                look.callId(),
                look.sequence(),
                look.tenant(),
                look.workload(),
                look.windowStart(),
                look.purpose(),
                look.promptIds(),
                look.completionIds(),
                position,
                look.draft());
    }

    /** Node t is the text before completion position t. */
    private synchronized List<Node> path(Look look) {
        List<Node> path = new ArrayList<>(look.completionIds().length + 1);
        Node node = roots.computeIfAbsent(IntBuffer.wrap(look.promptIds()), prompt -> new Node());
        path.add(node);
        for (int token : look.completionIds()) {
            node = node.child(token);
            path.add(node);
        }
        return path;
    }

    private static int end(Look look) {
        return look.completionIds().length + (look.purpose() == LookPurpose.ASK ? 1 : 0);
    }

    private synchronized int firstUnknown(Look look, List<Node> path) {
        for (int t = look.knownThrough(); t < end(look); t++) {
            if (path.get(t).law == null) {
                return t;
            }
        }
        int length = look.completionIds().length;
        if (look.draft().detail() != Draft.Detail.TOP) {
            for (int t = length - look.draft().tokens(); t < length; t++) {
                if (Float.isNaN(path.get(t + 1).own)) {
                    return t;
                }
            }
        }
        return -1;
    }

    private synchronized void keep(Look look, int from, List<Node> path, Reply reply) {
        for (int i = 0; i < reply.distributions().size(); i++) {
            path.get(from + i).law = reply.distributions().get(i);
        }
        int firstDraft = look.completionIds().length - look.draft().tokens();
        for (int i = 0; i < reply.draftLogProbabilities().length; i++) {
            path.get(firstDraft + i + 1).own = reply.draftLogProbabilities()[i];
        }
    }

    private synchronized Reply reply(Look look, List<Node> path) {
        List<TeacherDistribution> laws = new ArrayList<>(look.wanted());
        for (int t = look.knownThrough(); t < end(look); t++) {
            TeacherDistribution law = path.get(t).law;
            if (law != null) {
                laws.add(law);
            }
        }
        int drafts =
                look.draft().detail() == Draft.Detail.TOP ? 0 : look.draft().tokens();
        float[] own = new float[drafts];
        for (int i = 0; i < drafts; i++) {
            own[i] = path.get(look.completionIds().length - drafts + i + 1).own;
        }
        return new Reply(laws, own, new float[0][]);
    }

    @Override
    public void forget(String sequence) {
        // Comes again with the next policy; the teacher gives its oldest row away by itself.
    }

    @Override
    public void close() {
        // The bench closes the teacher itself.
    }
}
