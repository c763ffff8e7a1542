package dev.understudy.infra.demo;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.account.Reservation;
import dev.understudy.budget.control.PriceController;
import dev.understudy.budget.control.UseControl;
import dev.understudy.budget.control.WorkloadState;
import dev.understudy.budget.control.WorkloadTallies;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.HelpTallies;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.TargetPrices;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Serving under a wanted agreement in one thread: the decoder, tallies and controller of the serving job, with its
 * order of events and without Kafka. A second is thirty finished sequences; at each, the tallies reach the controller
 * as with a Flink checkpoint, and the prices that it then sets reach the decoder a second later.
 */
final class PricedTraffic implements AutoCloseable, DecodeListener {
    static final String TENANT = "acme";
    static final double TARGET = 0.98;
    /** The demo's. */
    private static final double AUDITS = 0.05;

    private static final int ROWS = 32;
    private static final int A_SECOND = 30;
    private static final Duration PRICE_STEP = Duration.ofSeconds(2);

    private final TargetPrices prices = new TargetPrices(0.1);
    private final WorkloadTallies tallies = new WorkloadTallies("decode-0");
    private final HelpTallies counts = new HelpTallies(tallies, prices);
    private final PriceController controller;
    private final Queue<Runnable> mails = new ArrayDeque<>();
    private final WaitedForTeacher teacher;
    private final Decoder decoder;
    private final List<FinishedSequence> finished = new ArrayList<>();
    private List<PriceSet> under = List.of();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private int sinceTold;

    PricedTraffic(ModelOnDisk student, WaitedForTeacher teacher) {
        this.teacher = teacher;
        TenantBudget budget = TenantBudget.of(TENANT, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, Duration.ofHours(1))
                .aimingAt(new HelpTarget.Quality(TARGET));
        BudgetConfig budgets = BudgetConfig.of(List.of(budget));
        prices.aim(budgets);
        controller = new PriceController(budgets, UseControl.DEFAULT, PRICE_STEP);
        AskConfig ask =
                new AskConfig(new AskPolicy.Confidence(), AUDITS, true, Duration.ofMinutes(5), Duration.ofSeconds(2));
        Help help = new Help(
                teacher, (tenant, workload, cost, at) -> new Reservation.Granted(at, cost), prices, mails::add, "once");
        decoder = new Decoder(
                DecodeConfig.of(ROWS, student.endIds(), ask),
                student.tokenizer(),
                help,
                this,
                HelpStatistics.NONE,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    /** Another version: its prices are told with its publication, then it is assigned, then it serves. */
    void serve(String version, LanguageModel model, Map<String, List<Long>> curves) {
        controller.announce(version, curves).forEach(prices::onPrice);
        controller.serve(version, curves);
        decoder.serve(version, model);
    }

    /** Decodes to the last completion and returns all of them. */
    List<FinishedSequence> run(List<Prompt> prompts) {
        int first = finished.size();
        int next = 0;
        while (next < prompts.size() || !decoder.isEmpty()) {
            while (next < prompts.size() && decoder.freeSlots() > 0) {
                decoder.admit(prompts.get(next++));
            }
            teacher.deliver();
            for (Runnable mail = mails.poll(); mail != null; mail = mails.poll()) {
                mail.run();
            }
            if (decoder.hasWork()) {
                decoder.step();
            }
        }
        return List.copyOf(finished.subList(first, finished.size()));
    }

    /** What the controller shows. */
    List<WorkloadState> states() {
        return controller.states();
    }

    @Override
    public void finished(FinishedSequence sequence) {
        finished.add(sequence);
        counts.finished(sequence);
        sinceTold++;
        if (sinceTold == A_SECOND) {
            sinceTold = 0;
            now = now.plusSeconds(1);
            under.forEach(prices::onPrice);
            tallies.snapshot().forEach(controller::onTally);
            under = controller.tick(now);
        }
    }

    @Override
    public void drained(String version, LanguageModel model) {
        // Models stay with the test.
    }

    @Override
    public void close() {
        decoder.close();
    }
}
