package dev.understudy.distil.ask;

import dev.understudy.budget.account.Allowance;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPrices;
import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import dev.understudy.teacher.Teacher;
import dev.understudy.token.Tokenizer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Decodes prompts with the serving decoder outside of any job: what a student does on its own policy, with a teacher
 * that answers. Used to price a head, to train it on what it does, and to measure. Models, teacher and allowance stay
 * with the caller; confined to one thread.
 */
public final class Rollouts {
    private static final int ROWS = 128;

    private final LanguageModel student;
    private final Tokenizer tokenizer;
    private final List<Integer> endIds;
    private final Clock clock;

    /**
     * The policy of a roll-out and its terms, the same for all prompts.
     *
     * @param policy when to ask
     * @param head the learned scorer, or {@link AskHead#NONE}
     * @param price in [0, 1], or {@link AskPrices#ASK_ALWAYS}
     * @param level budget told to a learned policy; 1 when none is
     * @param auditShare part of the finished sequences that the teacher is shown whole, in [0, 1]
     */
    public record Terms(AskPolicy policy, AskHead head, double price, double level, double auditShare)
            implements AskPrices {
        /** No budget told, no audits. */
        public static Terms of(AskPolicy policy, AskHead head, double price) {
            return new Terms(policy, head, price, 1, 0);
        }

        @Override
        public double price(String tenant, String workload, String version) {
            return price;
        }

        @Override
        public double level(String tenant, String workload) {
            return level;
        }
    }

    /** @param endIds tokens that end every completion */
    public Rollouts(LanguageModel student, Tokenizer tokenizer, List<Integer> endIds, Clock clock) {
        this.student = student;
        this.tokenizer = tokenizer;
        this.endIds = List.copyOf(endIds);
        this.clock = clock;
    }

    /**
     * Decodes all prompts; sequences come in the order in which they ended.
     *
     * @param teacher answers asks
     * @param allowance pays for every look
     */
    public List<FinishedSequence> run(List<Prompt> prompts, Terms terms, Teacher teacher, Allowance allowance) {
        BlockingQueue<Runnable> mails = new LinkedBlockingQueue<>();
        List<FinishedSequence> finished = new ArrayList<>(prompts.size());
        DecodeListener listener = new DecodeListener() {
            @Override
            public void finished(FinishedSequence sequence) {
                finished.add(sequence);
            }

            @Override
            public void drained(String version, LanguageModel drained) {
                // The model stays with the caller.
            }
        };
        Help help = new Help(teacher, allowance, terms, mails::add, "rollout");
        boolean looksOn = terms.auditShare() > 0;
        AskConfig ask =
                new AskConfig(terms.policy(), terms.auditShare(), looksOn, Duration.ofMinutes(1), Duration.ZERO);
        try (Decoder decoder = new Decoder(
                DecodeConfig.of(ROWS, endIds, ask), tokenizer, help, listener, HelpStatistics.NONE, clock)) {
            decoder.serve("rollout", student, terms.head());
            int next = 0;
            while (finished.size() < prompts.size()) {
                while (next < prompts.size() && decoder.freeSlots() > 0) {
                    decoder.admit(prompts.get(next++));
                }
                deliver(mails, decoder);
                if (decoder.hasWork()) {
                    decoder.step();
                }
            }
        }
        return finished;
    }

    /** Runs the replies that are there; waits for one where the rows have nothing else to do. */
    private static void deliver(BlockingQueue<Runnable> mails, Decoder decoder) {
        try {
            if (!decoder.hasWork()) {
                mails.take().run();
            }
            for (Runnable mail = mails.poll(); mail != null; mail = mails.poll()) {
                mail.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "A roll-out was interrupted while the teacher was asked. Start it again.", e);
        }
    }
}
