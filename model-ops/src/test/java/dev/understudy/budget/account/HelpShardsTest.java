package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.Cost;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HelpShardsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOW = QuietLoop.START;
    private static final Window WINDOW = Window.of(NOW, MINUTE);
    private static final TenantBudget ACME =
            TenantBudget.of("acme", 1_000, 1_000, MINUTE).withAuditShare(0);
    private static final BudgetConfig CONFIG = new BudgetConfig(
            List.of(ACME), 10, 2, Duration.ofSeconds(10), Duration.ofMinutes(5), Pacing.NONE, Duration.ZERO);

    /** The epoch of an owner with incarnation 1 that has seen a record of epoch 1. */
    private static final long YOUNGER = (1L << 20) + 1;

    private final HelpShards shards = new HelpShards(CONFIG, List.of("decode-0", "decode-1"), 1);

    @Test
    void spendsOnlyAfterTheCheckpointThatHoldsTheReserveCompleted() {
        grant(shards, "decode-0", 30);
        assertThat(ask(shards)).isInstanceOf(Reservation.Awaiting.class);
        HelpShards.Snapshot ignored = shards.snapshot(1, NOW);
        assertThat(ask(shards)).isInstanceOf(Reservation.Awaiting.class);

        shards.checkpointCompleted(1);

        assertThat(ignored.state())
                .allSatisfy(usage -> assertThat(usage.reserved()).isEqualTo(10));
        assertThat(ask(shards)).isEqualTo(new Reservation.Granted(WINDOW.start(), Cost.of(1, 1)));
    }

    @Test
    void aLaterCheckpointCoversAnAbortedOne() {
        grant(shards, "decode-0", 30);
        shards.snapshot(1, NOW);
        shards.snapshot(2, NOW);

        shards.checkpointCompleted(2);

        assertThat(ask(shards)).isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void countsTheWholeReserveAsSpentAfterARestore() {
        grant(shards, "decode-0", 30);
        HelpShards.Snapshot snapshot = shards.snapshot(1, NOW);
        shards.checkpointCompleted(1);
        ask(shards);

        HelpShards restored = new HelpShards(CONFIG, List.of("decode-0"), 2);
        restored.restore(snapshot.state(), List.of());
        grant(restored, "decode-0", 30);
        HelpShards.Snapshot next = restored.snapshot(2, NOW);

        assertThat(restored.available(Scope.help("acme"), BudgetUnit.TOKENS, NOW))
                .isZero();
        assertThat(next.state()).allSatisfy(usage -> {
            assertThat(usage.spent()).isEqualTo(10);
            assertThat(usage.ownerEpoch()).isEqualTo(2);
        });
    }

    @Test
    void believesTheUsageTopicMoreThanAnOldSavepoint() {
        HelpCounter counter = new HelpCounter(Scope.help("acme"), BudgetUnit.TOKENS, WINDOW, "decode-0");
        shards.restore(List.of(new Usage(counter, 1, 3, 0, 5, 9)), List.of(new Usage(counter, 1, 11, 2, 20, 30)));

        assertThat(shards.snapshot(1, NOW).state()).containsExactly(new Usage(counter, YOUNGER, 18, 2, 20, 30));
    }

    @Test
    void paysOutOfAnyOwnedShard() {
        grant(shards, "decode-0", 4);
        grant(shards, "decode-1", 3);
        shards.snapshot(1, NOW);
        shards.checkpointCompleted(1);

        assertThat(shards.reserve("acme", "order", Cost.of(7, 1), NOW)).isInstanceOf(Reservation.Granted.class);
        assertThat(ask(shards)).isInstanceOf(Reservation.Awaiting.class);
    }

    @Test
    void ignoresGrantsForAnOwnerThatReplacedIt() {
        shards.onGrant(new Grant(counter("decode-0", BudgetUnit.TOKENS), 30, 2, false));
        shards.onGrant(new Grant(counter("decode-0", BudgetUnit.CALLS), 30, 2, false));
        shards.snapshot(1, NOW);
        shards.checkpointCompleted(1);

        assertThat(ask(shards)).isInstanceOf(Reservation.Awaiting.class);
    }

    @Test
    void saysExhaustedOnlyWhenTheLedgerSaidSo() {
        shards.onGrant(new Grant(counter("decode-0", BudgetUnit.TOKENS), 0, 1, true));

        assertThat(ask(shards)).isInstanceOf(Reservation.Exhausted.class);
        assertThat(shards.reserve("stranger", "order", Cost.of(1, 1), NOW)).isInstanceOf(Reservation.Exhausted.class);
        assertThat(shards.reserve("acme", "order", Cost.of(1_001, 1), NOW)).isInstanceOf(Reservation.Exhausted.class);
    }

    @Test
    void publishesAgainWhatTheLastCompletedCheckpointDidNotPublish() {
        grant(shards, "decode-0", 30);
        List<Usage> first = shards.snapshot(1, NOW).publish();
        List<Usage> second = shards.snapshot(2, NOW).publish();

        assertThat(first).hasSize(2);
        assertThat(second)
                .extracting(Usage::counter)
                .isEqualTo(first.stream().map(Usage::counter).toList());
    }

    @Test
    void publishesNothingWhenNothingChanged() {
        grant(shards, "decode-0", 30);
        for (long checkpoint = 1; checkpoint <= 5; checkpoint++) {
            shards.snapshot(checkpoint, NOW);
            shards.checkpointCompleted(checkpoint);
        }

        HelpShards.Snapshot quiet = shards.snapshot(6, NOW);

        assertThat(quiet.publish()).isEmpty();
        assertThat(quiet.state()).hasSize(2);
    }

    @Test
    void handsBackOnlyWhatACompletedReserveCovers() {
        grant(shards, "decode-0", 30);
        shards.snapshot(1, NOW);
        shards.checkpointCompleted(1);
        Usage second = tokens(shards.snapshot(2, NOW));
        shards.checkpointCompleted(2);
        Usage third = tokens(shards.snapshot(3, NOW));

        assertThat(second.released()).isEqualTo(10);
        assertThat(second.reserved()).isEqualTo(30);
        assertThat(third.released()).isEqualTo(30);
    }

    @Test
    void forgetsWindowsAfterTheGrace() {
        grant(shards, "decode-0", 30);

        assertThat(shards.snapshot(1, NOW.plus(Duration.ofMinutes(5))).expired())
                .isEmpty();
        assertThat(shards.snapshot(2, NOW.plus(Duration.ofMinutes(6))).expired())
                .hasSize(2);
        assertThat(shards.snapshot(3, NOW.plus(Duration.ofMinutes(6))).state()).isEmpty();
    }

    @Test
    void namesEveryOwnersRecordsWhenTheirWindowIsOver() {
        HelpCounter counter = counter("decode-0", BudgetUnit.TOKENS);
        shards.restore(List.of(), List.of(new Usage(counter, 7, 3, 0, 5, 9), new Usage(counter, 9, 3, 0, 5, 9)));
        shards.snapshot(1, NOW);

        assertThat(shards.snapshot(2, NOW.plus(Duration.ofMinutes(6))).expired())
                .containsExactly(new Written(counter, 7), new Written(counter, 9), new Written(counter, YOUNGER));
    }

    @Test
    void noTwoOwnersHaveOneEpoch() {
        long first = HelpShards.incarnation(NOW, 5);

        assertThat(HelpShards.incarnation(NOW, 6)).isNotEqualTo(first);
        assertThat(HelpShards.incarnation(NOW.plusMillis(1), 5)).isGreaterThan(first);
        // A clock that runs behind: younger than what it saw, and still apart from another such owner.
        HelpCounter counter = counter("decode-0", BudgetUnit.TOKENS);
        List<Usage> seen = List.of(new Usage(counter, first, 0, 0, 0, 0));
        long one = epochAfter(seen, HelpShards.incarnation(NOW.minusSeconds(9), 1));
        long other = epochAfter(seen, HelpShards.incarnation(NOW.minusSeconds(8), 2));
        assertThat(one).isGreaterThan(first).isNotEqualTo(other);
        assertThat(other).isGreaterThan(first);
    }

    private static long epochAfter(List<Usage> seen, long incarnation) {
        HelpShards later = new HelpShards(CONFIG, List.of("decode-0"), incarnation);
        later.restore(List.of(), seen);
        return later.snapshot(1, NOW).state().get(0).ownerEpoch();
    }

    @Test
    void holdsTheWorstCaseAndSettlesTheRealCost() {
        HelpShards paid = withMoney();
        Cost worst = new Cost(1, 1, 60);

        Reservation.Granted first = (Reservation.Granted) paid.reserve("acme", "order", worst, NOW);
        assertThat(paid.reserve("acme", "order", worst, NOW))
                .as("40 of 100 are left")
                .isNotInstanceOf(Reservation.Granted.class);
        paid.settle("acme", "order", first, new Cost(1, 1, 35));

        assertThat(paid.available(Scope.help("acme"), BudgetUnit.MICRO_DOLLARS, NOW))
                .isEqualTo(65);
        assertThat(money(paid.snapshot(2, NOW)).spent()).isEqualTo(35);
        assertThat(paid.reserve("acme", "order", worst, NOW)).isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void whatIsHeldAtACrashIsLostAndNeverSpentTwice() {
        HelpShards paid = withMoney();
        paid.reserve("acme", "order", new Cost(1, 1, 60), NOW);
        HelpShards.Snapshot snapshot = paid.snapshot(2, NOW);

        HelpShards restored = new HelpShards(moneyConfig(), List.of("decode-0"), 2);
        restored.restore(snapshot.state(), List.of());

        assertThat(money(restored.snapshot(3, NOW)).spent()).isEqualTo(100);
    }

    @Test
    void aWorkloadsCapBindsInsideTheTenants() {
        TenantBudget capped = ACME.withWorkload("order", Caps.of(2, 9));
        HelpShards both = new HelpShards(CONFIG.with(List.of(capped)), List.of("decode-0"), 1);
        grant(both, "decode-0", 9);
        for (BudgetUnit unit : List.of(BudgetUnit.TOKENS, BudgetUnit.CALLS)) {
            both.onGrant(
                    new Grant(new HelpCounter(Scope.workload("acme", "order"), unit, WINDOW, "decode-0"), 2, 1, true));
        }
        both.snapshot(1, NOW);
        both.checkpointCompleted(1);

        assertThat(ask(both)).isInstanceOf(Reservation.Granted.class);
        assertThat(both.audits().reserve("acme", "order", Cost.of(1, 1), NOW))
                .as("nothing is set aside for audits here")
                .isNotInstanceOf(Reservation.Granted.class);
        assertThat(ask(both)).isInstanceOf(Reservation.Granted.class);
        assertThat(ask(both)).isInstanceOf(Reservation.Exhausted.class);
        assertThat(both.reserve("acme", "log", Cost.of(1, 1), NOW))
                .as("the other workload")
                .isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void aUnitWithoutACapIsFree() {
        assertThat(withMoney().reserve("acme", "order", new Cost(5_000, 5_000, 1), NOW))
                .isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void saysWhatBecomesOfASequenceWhenTheCapIsUsedUp() {
        HelpShards stopping =
                new HelpShards(CONFIG.with(List.of(ACME.whenSpent(WhenSpent.STOP))), List.of("decode-0"), 1);

        assertThat(stopping.whenSpent("acme")).isEqualTo(WhenSpent.STOP);
        assertThat(stopping.whenSpent("stranger")).isEqualTo(WhenSpent.CONTINUE);
    }

    private static BudgetConfig moneyConfig() {
        return CONFIG.with(List.of(ACME.withCaps(new Caps(Caps.NONE, Caps.NONE, 100))));
    }

    /** All 100 micro-dollars of the cap can be spent. */
    private static HelpShards withMoney() {
        HelpShards paid = new HelpShards(moneyConfig(), List.of("decode-0"), 1);
        paid.onGrant(new Grant(counter("decode-0", BudgetUnit.MICRO_DOLLARS), 100, 1, true));
        paid.reserve("acme", "order", new Cost(1, 1, 100), NOW);
        paid.snapshot(1, NOW);
        paid.checkpointCompleted(1);
        return paid;
    }

    private static Usage money(HelpShards.Snapshot snapshot) {
        return snapshot.state().stream()
                .filter(usage -> usage.counter().unit() == BudgetUnit.MICRO_DOLLARS)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ownsEachShardOnceAtAnyParallelism() {
        for (int parallelism : List.of(1, 3, 64)) {
            assertThat(IntStream.range(0, parallelism)
                            .boxed()
                            .flatMap(i -> HelpShards.owned("d", i, parallelism).stream()))
                    .hasSize(HelpShards.COUNT)
                    .doesNotHaveDuplicates();
        }
        assertThatThrownBy(() -> HelpShards.owned("decode", 0, 65))
                .hasMessageContaining("expected a parallelism in [1, 64]")
                .hasMessageContaining("Lower the job's parallelism");
    }

    private static Reservation ask(HelpShards from) {
        return from.reserve("acme", "order", Cost.of(1, 1), NOW);
    }

    private static void grant(HelpShards to, String shard, long units) {
        to.onGrant(new Grant(counter(shard, BudgetUnit.TOKENS), units, 1, false));
        to.onGrant(new Grant(counter(shard, BudgetUnit.CALLS), units, 1, false));
    }

    private static HelpCounter counter(String shard, BudgetUnit unit) {
        return new HelpCounter(Scope.help("acme"), unit, WINDOW, shard);
    }

    private static Usage tokens(HelpShards.Snapshot snapshot) {
        return snapshot.state().stream()
                .filter(usage -> usage.counter().unit() == BudgetUnit.TOKENS)
                .findFirst()
                .orElseThrow();
    }
}
