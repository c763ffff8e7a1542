package dev.understudy.workload;

import dev.understudy.workload.IntakeStream.Share;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Traffic that drifts: phases one after another, each with its own mix of workloads and rate, from two tenants. A pure
 * function of schedule and seed. Prompts are drawn from all parts, as users do not know of a split. Not thread safe.
 */
public final class Traffic {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Schedule schedule;
    private final SplittableRandom random;
    private int phase;
    private long sentInPhase;
    private long phaseStartNanos;
    private long sent;

    /**
     * A stretch of time with one mix.
     *
     * @param name as in reports
     * @param length above zero
     * @param promptsPerSecond above 0
     * @param shares workloads and their weights, at least one
     */
    public record Phase(String name, Duration length, double promptsPerSecond, List<Share> shares) {
        public Phase {
            shares = List.copyOf(shares);
            if (length.isZero() || length.isNegative() || !(promptsPerSecond > 0) || shares.isEmpty()) {
                throw new IllegalArgumentException("Traffic phase " + name + " has length " + length + ", "
                        + promptsPerSecond + " prompts/s and " + shares.size()
                        + " workloads; expected each to be positive.");
            }
        }

        long prompts() {
            return Math.max(1, Math.round(length.toNanos() / (double) SECOND_NANOS * promptsPerSecond));
        }
    }

    /**
     * What is sent.
     *
     * @param phases in order, at least one
     * @param largeTenant sends most prompts
     * @param smallTenant sends the others
     * @param smallShare part of the prompts that {@code smallTenant} sends, in [0, 1]
     */
    public record Schedule(List<Phase> phases, String largeTenant, String smallTenant, double smallShare) {
        public Schedule {
            phases = List.copyOf(phases);
            if (phases.isEmpty() || !(smallShare >= 0 && smallShare <= 1)) {
                throw new IllegalArgumentException("Traffic schedule has " + phases.size()
                        + " phases and a small tenant's share of " + smallShare
                        + "; expected at least 1 and a share from 0 to 1.");
            }
        }

        /** Prompts of all phases. */
        public long prompts() {
            return phases.stream().mapToLong(Phase::prompts).sum();
        }

        /** Length of all phases. */
        public Duration length() {
            return phases.stream().map(Phase::length).reduce(Duration.ZERO, Duration::plus);
        }

        /**
         * The demo's 240 seconds at 30 prompts a second: 20 s of what the student knows, release c2 in half of the
         * traffic, from 150 s on European amounts beside it.
         */
        public static Schedule demo() {
            List<Share> known =
                    List.of(share(Workload.ORDER_C1, 1), share(Workload.PAY_US, 1), share(Workload.LOG_C1, 1));
            List<Share> release = List.of(
                    share(Workload.ORDER_C1, 1),
                    share(Workload.PAY_US, 1),
                    share(Workload.LOG_C1, 1),
                    share(Workload.ORDER_C2, 1.5),
                    share(Workload.LOG_C2, 1.5));
            List<Share> european = List.of(
                    share(Workload.ORDER_C1, 1),
                    share(Workload.PAY_US, 1),
                    share(Workload.LOG_C1, 1),
                    share(Workload.ORDER_C2, 0.75),
                    share(Workload.LOG_C2, 0.75),
                    share(Workload.PAY_EU, 1.5));
            return new Schedule(
                    List.of(
                            new Phase("known", Duration.ofSeconds(20), 30, known),
                            new Phase("release-c2", Duration.ofSeconds(130), 30, release),
                            new Phase("pay-eu", Duration.ofSeconds(90), 30, european)),
                    "acme",
                    "beta",
                    0.2);
        }

        private static Share share(Workload workload, double weight) {
            return new Share(workload, weight);
        }
    }

    /**
     * One prompt to send.
     *
     * @param number from 0 in order of sending
     * @param phase name of its phase
     * @param offset when to send it, after the start of the traffic
     * @param tenant who sends it
     * @param example workload, prompt and the right answer
     */
    public record Submission(long number, String phase, Duration offset, String tenant, Example example) {}

    public Traffic(Schedule schedule, long seed) {
        this.schedule = schedule;
        random = new SplittableRandom(seed);
    }

    /** True until the last prompt of the last phase has been given out. */
    public boolean hasNext() {
        return phase().isPresent();
    }

    /**
     * The next prompt; offsets never fall.
     *
     * @throws NoSuchElementException after the last one
     */
    public Submission next() {
        Phase now = phase().orElseThrow(() -> new NoSuchElementException("[BUG] traffic ended after " + sent));
        long offset = phaseStartNanos + (long) (sentInPhase * (SECOND_NANOS / now.promptsPerSecond()));
        String tenant = random.nextDouble() < schedule.smallShare() ? schedule.smallTenant() : schedule.largeTenant();
        Example example = IntakeStream.generate(random, IntakeStream.draw(random, now.shares()), Knobs.DEFAULT);
        sentInPhase++;
        return new Submission(sent++, now.name(), Duration.ofNanos(offset), tenant, example);
    }

    /** The phase of the next prompt. */
    private Optional<Phase> phase() {
        while (phase < schedule.phases().size()) {
            Phase now = schedule.phases().get(phase);
            if (sentInPhase < now.prompts()) {
                return Optional.of(now);
            }
            phaseStartNanos += now.length().toNanos();
            sentInPhase = 0;
            phase++;
        }
        return Optional.empty();
    }
}
