package dev.understudy.infra.eval;

import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.signal.Author;
import dev.understudy.teacher.Teacher;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prompts through the decoder that serves, on the calling thread, to the last completion. With a teacher the student
 * asks by confidence at one fixed price and nothing limits it.
 */
public final class DecodeRun {
    private final ModelOnDisk student;
    private final Clock clock;
    private final int rows;
    private final BlockingQueue<Runnable> mails = new LinkedBlockingQueue<>();

    /** Hears of tokens as they are written and of finished sequences. */
    public interface Watcher {
        /** A token was written. */
        default void wrote(PromptId prompt, int token) {}

        /** A sequence is done. */
        default void finished(FinishedSequence sequence) {}
    }

    /** @param rows sequences that are decoded at once */
    public DecodeRun(ModelOnDisk student, Clock clock, int rows) {
        this.student = student;
        this.clock = clock;
        this.rows = rows;
    }

    /** Decodes every prompt without help; the result is by prompt id. */
    public Map<String, FinishedSequence> alone(List<Prompt> prompts, List<Integer> endIds, Watcher watcher) {
        return run(
                prompts,
                DecodeConfig.of(rows, endIds, AskConfig.never()),
                Help.none(),
                watcher::wrote,
                watcher::finished);
    }

    /**
     * Decodes every prompt; the student asks where its difficulty is above the price.
     *
     * @param price in [0, 1]; 1 asks for nothing
     */
    public Map<String, FinishedSequence> helped(List<Prompt> prompts, Teacher teacher, double price, Watcher watcher) {
        AskConfig ask =
                new AskConfig(new AskPolicy.Confidence(0.5), 0, false, Duration.ofMinutes(5), Duration.ofSeconds(1));
        Help help = new Help(
                teacher,
                (tenant, workload, cost, now) -> new Reservation.Granted(now, cost),
                (tenant, workload, version) -> price,
                mails::add,
                "eval-" + price);
        return run(prompts, DecodeConfig.of(rows, student.endIds(), ask), help, watcher::wrote, watcher::finished);
    }

    /** Takes one written token. */
    private interface Tokens {
        void wrote(PromptId prompt, int token);
    }

    private Map<String, FinishedSequence> run(
            List<Prompt> prompts, DecodeConfig config, Help help, Tokens tokens, Consumer<FinishedSequence> ends) {
        Map<String, FinishedSequence> finished = new HashMap<>();
        DecodeListener listener = new DecodeListener() {
            @Override
            public void finished(FinishedSequence sequence) {
                finished.put(sequence.sequence().prompt().id().value(), sequence);
                ends.accept(sequence);
            }

            @Override
            public void drained(String version, LanguageModel model) {}

            @Override
            public void wrote(PromptId prompt, int index, int token, Author author) {
                tokens.wrote(prompt, token);
            }
        };
        try (Decoder decoder = new Decoder(config, student.tokenizer(), help, listener, HelpStatistics.NONE, clock)) {
            decoder.serve("model", student.model());
            Iterator<Prompt> waiting = prompts.iterator();
            while (waiting.hasNext() || !decoder.isEmpty()) {
                while (waiting.hasNext() && decoder.freeSlots() > 0) {
                    decoder.admit(waiting.next());
                }
                turn(decoder);
            }
        }
        return finished;
    }

    private void turn(Decoder decoder) {
        if (decoder.hasWork()) {
            decoder.step();
        }
        Runnable mail = decoder.hasWork() || decoder.isEmpty() ? mails.poll() : next();
        while (mail != null) {
            mail.run();
            mail = mails.poll();
        }
    }

    /** Waits: every row waits for the teacher. */
    private @Nullable Runnable next() {
        try {
            return mails.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the teacher answers. Start again.", e);
        }
    }
}
