package dev.understudy.infra.bench.frontier;

import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import dev.understudy.workload.FreeWording;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Decodes traffic with the product's own decoder and counts at the teacher what it was asked for. The allowance is
 * without end: what is compared is how well policies choose, not how they are stopped. Confined to one thread.
 */
final class Decoding {
    private static final int MOST_TOKENS = 72;
    private static final String TENANT = "frontier";

    private final Rollouts rollouts;
    private final Teacher teacher;

    /**
     * What a run came to.
     *
     * @param right whether each answer matches, in the order of the prompts
     * @param tokens output tokens
     * @param written those that the teacher wrote
     * @param charged teacher tokens that a budget is charged: one a forward, written or not
     * @param read tokens that the teacher was shown, prompts included
     * @param difficulties of all output positions, in no order
     */
    record Outcome(boolean[] right, long tokens, long written, long charged, long read, float[] difficulties) {
        /** Teacher-written share of the output. */
        double share() {
            return tokens == 0 ? 0 : (double) written / tokens;
        }

        /** Teacher forwards per output token: what a budget counts. */
        double forwards() {
            return tokens == 0 ? 0 : (double) charged / tokens;
        }

        double exactMatch() {
            int count = 0;
            for (boolean one : right) {
                count += one ? 1 : 0;
            }
            return (double) count / right.length;
        }
    }

    Decoding(Rollouts rollouts, Teacher teacher) {
        this.rollouts = rollouts;
        this.teacher = teacher;
    }

    /** Decodes all prompts greedily under a policy. */
    Outcome run(Traffic traffic, Terms terms) {
        Counting counting = new Counting(teacher);
        List<FinishedSequence> finished = rollouts.run(
                prompts(traffic), terms, counting, (tenant, workload, cost, now) -> new Reservation.Granted(now, cost));
        Map<String, FinishedSequence> byId = new HashMap<>();
        finished.forEach(one -> byId.put(one.sequence().prompt().id().value(), one));
        boolean[] right = new boolean[traffic.size()];
        long tokens = 0;
        long written = 0;
        for (int i = 0; i < right.length; i++) {
            FinishedSequence one = byId.get("p" + i);
            if (one == null) {
                throw new IllegalStateException("[BUG] prompt p" + i + " came to no end");
            }
            right[i] = FreeWording.matches(one.text(), traffic.examples().get(i).answer());
            tokens += one.sequence().written().size();
            written += one.sequence().help().teacherTokens();
        }
        float[] difficulties = new float[(int) tokens];
        int at = 0;
        for (FinishedSequence one : finished) {
            float[] own = one.sequence().written().difficulty();
            System.arraycopy(own, 0, difficulties, at, own.length);
            at += own.length;
        }
        return new Outcome(right, tokens, written, counting.charged, counting.read, difficulties);
    }

    /** The prompts as they are decoded. */
    static List<Prompt> prompts(Traffic traffic) {
        List<Prompt> prompts = new ArrayList<>(traffic.size());
        for (int i = 0; i < traffic.size(); i++) {
            prompts.add(new Prompt(
                    new PromptId("p" + i),
                    TENANT,
                    traffic.examples().get(i).workload().id(),
                    traffic.pairs().get(i).prompt(),
                    Sampling.GREEDY,
                    MOST_TOKENS,
                    true,
                    Instant.EPOCH));
        }
        return prompts;
    }

    /** The teacher with a counter before it. */
    private static final class Counting implements Teacher {
        private final Teacher teacher;
        private long charged;
        private long read;
        private final Map<String, Integer> shown = new HashMap<>();

        Counting(Teacher teacher) {
            this.teacher = teacher;
        }

        @Override
        public String version() {
            return teacher.version();
        }

        @Override
        public CompletableFuture<Reply> look(Look look) {
            charged += look.tokens();
            int length = look.promptIds().length + look.completionIds().length;
            int before = shown.merge(look.sequence(), 0, Integer::sum);
            read += Math.max(0, length - before);
            shown.put(look.sequence(), Math.max(before, length));
            return teacher.look(look);
        }

        @Override
        public void forget(String sequence) {
            teacher.forget(sequence);
        }

        @Override
        public void close() {
            // The bench closes the teacher itself.
        }
    }
}
