package dev.understudy.distil;

import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Takes the steps of a schedule one after the other. What step n sees is a function of n alone, so a trainer that was
 * resumed at step n continues as if nothing had happened. Owned by one thread; the trainer is not closed here.
 */
public final class TrainingLoop {
    private final Trainer trainer;
    private final Plan plan;
    private final Batches batches;
    private final Clock clock;

    /** The parts of each step's batch. */
    @FunctionalInterface
    public interface Batches {
        /** Parts of step {@code step}, at least one; asked for in ascending order. */
        List<TrainingBatch> parts(long step);
    }

    /**
     * How it is trained.
     *
     * @param schedule learning rates and number of steps
     * @param loss what is minimised on laws
     * @param hyper all settings of AdamW but the learning rate
     */
    public record Plan(Schedule schedule, TokenLoss loss, Hyper hyper) {
        /** Cross-entropy or forward KL with the settings of the training recipe. */
        public static Plan of(Schedule schedule) {
            return new Plan(schedule, TokenLoss.FORWARD_KL, Hyper.of(schedule.peak()));
        }
    }

    public TrainingLoop(Trainer trainer, Plan plan, Batches batches, Clock clock) {
        this.trainer = trainer;
        this.plan = plan;
        this.batches = batches;
        this.clock = clock;
    }

    /** Takes up to {@code count} steps that nothing interrupts. */
    public boolean run(long count, int every, Consumer<TrainingProgress> reports) {
        return run(count, every, reports, () -> false);
    }

    /**
     * Takes up to {@code count} steps, fewer when the schedule ends first.
     *
     * @param every steps between reports, at least 1
     * @param interrupted asked before each step; true ends the run early
     * @return true when the schedule is finished
     */
    public boolean run(long count, int every, Consumer<TrainingProgress> reports, BooleanSupplier interrupted) {
        long steps = plan.schedule().steps();
        long end = Math.min(steps, trainer.steps() + count);
        double loss = 0;
        long tokens = 0;
        long first = trainer.steps();
        Instant since = clock.instant();
        while (trainer.steps() < end && !interrupted.getAsBoolean()) {
            List<TrainingBatch> parts = batches.parts(trainer.steps());
            double rate = plan.schedule().rateAt(trainer.steps());
            loss += trainer.step(parts, plan.loss(), plan.hyper().withLearningRate(rate))
                    .loss();
            tokens +=
                    parts.stream().mapToLong(part -> part.tokens().ids().length).sum();
            long step = trainer.steps();
            if (step % every == 0 || step == end) {
                Instant now = clock.instant();
                double seconds = Math.max(1e-3, Duration.between(since, now).toMillis() / 1000.0);
                long taken = step - first;
                Duration left = Duration.ofMillis((long) (1000 * seconds / taken * (steps - step)));
                reports.accept(new TrainingProgress(step, steps, loss / taken, tokens / seconds, left));
                loss = 0;
                tokens = 0;
                first = step;
                since = now;
            }
        }
        return trainer.steps() >= steps;
    }
}
