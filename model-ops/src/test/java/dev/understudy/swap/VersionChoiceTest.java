package dev.understudy.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionChoiceTest {
    private static final CheckpointId P0 = new CheckpointId("p0");
    private static final CheckpointId V1 = new CheckpointId("v1");
    private static final CheckpointId V2 = new CheckpointId("v2");

    private final VersionChoice choice = new VersionChoice(P0);

    @Test
    void theFirstVersionNeedsNoAssignment() {
        assertThat(choice.next()).isEmpty();
        assertThat(choice.chosen()).isEqualTo(P0);
    }

    @Test
    void theNewestPublishedVersionServesWhateverTheOrderOfTheNews() {
        choice.published(V2, Instant.ofEpochSecond(2));
        assertThat(choice.next()).contains(new Assignment(1, V2, Set.of()));

        choice.published(V1, Instant.ofEpochSecond(1));
        assertThat(choice.next()).isEmpty();
    }

    @Test
    void aBlockedVersionGivesWayToTheOneBeforeItForEver() {
        choice.published(V1, Instant.ofEpochSecond(1));
        choice.published(V2, Instant.ofEpochSecond(2));
        choice.next();

        choice.blocked(V2);
        assertThat(choice.next()).contains(new Assignment(2, V1, Set.of(V2)));
        choice.published(V2, Instant.ofEpochSecond(3));
        assertThat(choice.next()).isEmpty();
        choice.unblocked(V2);
        assertThat(choice.next()).contains(new Assignment(3, V2, Set.of()));
    }

    @Test
    void aRetiredVersionIsNotChosen() {
        choice.published(V1, Instant.ofEpochSecond(1));
        choice.retired(V1);

        assertThat(choice.chosen()).isEqualTo(P0);
    }

    @Test
    void aPinHoldsAgainstNewerVersionsButNotAgainstABlock() {
        choice.pinned(V1);
        choice.published(V2, Instant.ofEpochSecond(2));
        assertThat(choice.chosen()).isEqualTo(V1);

        choice.blocked(V1);
        assertThat(choice.chosen()).isEqualTo(V2);
    }

    @Test
    void afterARestartNumbersGoOnAndNothingIsAssignedTwice() {
        choice.used(9);
        choice.recover(new Assignment(7, V1, Set.of(V2)));
        choice.recover(new Assignment(5, V2, Set.of()));
        choice.published(V1, Instant.ofEpochSecond(1));
        choice.published(V2, Instant.ofEpochSecond(2));

        assertThat(choice.next()).isEmpty();
        choice.unblocked(V2);
        assertThat(choice.next()).contains(new Assignment(10, V2, Set.of()));
    }
}
