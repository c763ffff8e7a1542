package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrantBookTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOW = QuietLoop.START;
    private static final Window WINDOW = Window.of(NOW, MINUTE);
    private static final Scope HELP = Scope.help("acme");
    private static final BudgetConfig CONFIG = config(100);

    private final GrantBook book = new GrantBook(CONFIG);

    @Test
    void grantsWhatIsWantedUpToTheCap() {
        book.start(NOW);

        assertThat(book.onUsage(wants("decode-0", 70), NOW)).containsExactly(grant("decode-0", 70, false));
        assertThat(book.onUsage(wants("decode-1", 70), NOW)).containsExactly(grant("decode-1", 30, true));
        assertThat(book.onUsage(wants("decode-2", 1), NOW)).containsExactly(grant("decode-2", 0, true));
        assertThat(book.onUsage(wants("decode-2", 1), NOW)).isEmpty();
    }

    @Test
    void grantsAgainWhatWasHandedBack() {
        book.start(NOW);
        book.onUsage(wants("decode-0", 100), NOW);
        book.onUsage(wants("decode-1", 40), NOW);

        List<Grant> grants = book.onUsage(new Usage(counter("decode-0"), 1, 10, 60, 100, 100), NOW);

        assertThat(grants).containsExactly(grant("decode-1", 40, false));
        assertThat(book.outstanding(HELP, BudgetUnit.TOKENS, WINDOW)).isEqualTo(80);
    }

    @Test
    void givesNothingNewToAnOwnerThatWasReplaced() {
        book.start(NOW);
        book.onUsage(new Usage(counter("decode-0"), 2, 0, 0, 0, 10), NOW);

        assertThat(book.onUsage(wants("decode-0", 50), NOW)).isEmpty();
    }

    @Test
    void countsCommittedGrantsThatItsSavepointDoesNotKnow() {
        book.recover(grant("decode-0", 90, false));
        book.recover(grant("decode-0", 40, false));
        book.recover(wants("decode-1", 50));

        assertThat(book.start(NOW))
                .containsExactlyInAnyOrder(grant("decode-0", 90, false), grant("decode-1", 10, true));
    }

    @Test
    void restoresItsOwnSnapshot() {
        book.start(NOW);
        book.onUsage(wants("decode-0", 70), NOW);
        book.onUsage(new Usage(counter("decode-0"), 1, 5, 20, 70, 70), NOW);
        GrantBook.Snapshot snapshot = book.snapshot();
        GrantBook restored = new GrantBook(CONFIG);
        snapshot.usages().forEach(restored::recover);
        snapshot.grants().forEach(restored::recover);
        restored.start(NOW);

        assertThat(restored.outstanding(HELP, BudgetUnit.TOKENS, WINDOW)).isEqualTo(50);
        assertThat(restored.snapshot()).isEqualTo(snapshot);
    }

    @Test
    void keepsHalfOfTheNextWindowBack() {
        book.start(NOW);
        HelpCounter next = new HelpCounter(HELP, BudgetUnit.TOKENS, WINDOW.next(), "decode-0");

        assertThat(book.onUsage(new Usage(next, 1, 0, 0, 0, 80), NOW)).containsExactly(new Grant(next, 50, 1, false));
        assertThat(book.tick(WINDOW.end())).containsExactly(new Grant(next, 80, 1, false));
    }

    @Test
    void grantsNothingForWindowsThatAreOverOrFarAhead() {
        book.start(WINDOW.end());
        HelpCounter far =
                new HelpCounter(HELP, BudgetUnit.TOKENS, WINDOW.next().next().next(), "decode-0");

        assertThat(book.onUsage(wants("decode-0", 10), NOW)).isEmpty();
        assertThat(book.onUsage(new Usage(far, 1, 0, 0, 0, 80), NOW)).isEmpty();
    }

    @Test
    void aLoweredCapBindsWhatIsNotGrantedYet() {
        book.start(NOW);
        book.onUsage(wants("decode-0", 60), NOW);
        book.configure(config(70), NOW);

        assertThat(book.onUsage(wants("decode-1", 60), NOW)).containsExactly(grant("decode-1", 10, true));
    }

    @Test
    void forgetsWindowsAfterTheGrace() {
        book.start(NOW);
        book.onUsage(wants("decode-0", 60), NOW);
        Instant later = WINDOW.end().plus(Duration.ofMinutes(5));

        assertThat(book.expire(later.minusMillis(1))).isEmpty();
        assertThat(book.expire(later)).containsExactly(counter("decode-0"));
        assertThat(book.onUsage(wants("decode-0", 60), later)).isEmpty();
        assertThat(book.snapshot().usages()).isEmpty();
    }

    @Test
    void refusesUsageBeforeItsRecoveryEnded() {
        assertThatThrownBy(() -> book.onUsage(wants("decode-0", 1), NOW)).hasMessageContaining("before start()");
    }

    private static BudgetConfig config(long cap) {
        TenantBudget acme = TenantBudget.of("acme", cap, cap, MINUTE).withAuditShare(0);
        return new BudgetConfig(
                List.of(acme), 10, 2, Duration.ofSeconds(10), Duration.ofMinutes(5), Pacing.NONE, Duration.ZERO);
    }

    private static HelpCounter counter(String shard) {
        return new HelpCounter(HELP, BudgetUnit.TOKENS, WINDOW, shard);
    }

    private static Usage wants(String shard, long units) {
        return new Usage(counter(shard), 1, 0, 0, 0, units);
    }

    private static Grant grant(String shard, long units, boolean poolEmpty) {
        return new Grant(counter(shard), units, 1, poolEmpty);
    }
}
