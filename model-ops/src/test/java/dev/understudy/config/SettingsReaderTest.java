package dev.understudy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
    private enum Colour {
        DARK_RED,
        BLUE
    }

    private static final Setting<Integer> ROWS = Setting.of("a.rows", SettingKind.count(1, 9), 4, "Rows.");
    private static final Setting<Long> CAP =
            Setting.of("b.<name>.cap", SettingKind.whole(0, Long.MAX_VALUE), 7L, "Cap.");
    private static final Setting<Colour> COLOUR =
            Setting.of("c.colour", SettingKind.choice(Colour.class), Colour.BLUE, "Colour.");
    private static final Setting<List<Integer>> IDS =
            Setting.of("d.ids", SettingKind.list(SettingKind.count(0, 99)), List.of(), "Ids.");
    private static final Setting<String> STORE = Setting.required("e.store", SettingKind.path(), "Store.");

    @Test
    void aValueIsReadAndItsDefaultStandsWhereNoneIsGiven() {
        SettingsReader reader = new SettingsReader("a.rows= 3 ", "d.ids=1, 2", "e.store=/x");

        assertThat(reader.read(ROWS)).isEqualTo(3);
        assertThat(reader.read(COLOUR)).isEqualTo(Colour.BLUE);
        assertThat(reader.read(IDS)).containsExactly(1, 2);
        assertThat(reader.read(STORE, "")).isEqualTo("/x");
        assertThat(reader.finish("a test", () -> "done")).isEqualTo("done");
    }

    @Test
    void aLevelInAngleBracketsStandsForAnyNameDotsIncluded() {
        SettingsReader reader = new SettingsReader("b.acme.cap=1", "b.big.corp.cap=2");

        assertThat(reader.names(List.of(CAP))).containsExactly("acme", "big.corp");
        assertThat(reader.readNamed(CAP, "acme")).isEqualTo(1);
        assertThat(reader.readNamed(CAP, "big.corp")).isEqualTo(2);
        assertThat(reader.readNamed(CAP, "another")).isEqualTo(7);
    }

    @Test
    void everyProblemIsNamedWithWhatWasExpected() {
        SettingsReader reader =
                new SettingsReader("a.rows=12", "c.colour=green", "d.ids=1,x", "f=1", "f=2", "nonsense");
        reader.read(ROWS);
        reader.read(COLOUR);
        reader.read(IDS);
        reader.read(STORE, "");
        reader.problem("two settings disagree");

        assertThatThrownBy(() -> reader.finish("a test", () -> "never"))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        problem -> assertThat(problem.problems())
                                .containsExactly(
                                        "f is given twice",
                                        "'nonsense' is not key=value",
                                        "a.rows is '12'; expected a whole number from 1 to 9",
                                        "c.colour is 'green'; expected one of dark-red, blue",
                                        "d.ids is '1,x'; expected a list, each a whole number from 0 to 99",
                                        "e.store is missing; expected a path",
                                        "two settings disagree",
                                        "f is unknown"))
                .hasMessageContaining("docs/configuration.md");
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "10s, 10000", "10 s, 10000", "2min, 120000", "1h, 3600000", "1d, 86400000", "PT1M, 60000"
    })
    void timesAreWrittenWithTheirUnit(String text, long millis) {
        Setting<Duration> wait =
                Setting.of("w", SettingKind.duration(Duration.ofMillis(1)), Duration.ofDays(9), "Wait.");

        assertThat(new SettingsReader("w=" + text).read(wait)).isEqualTo(Duration.ofMillis(millis));
        assertThat(SettingKind.duration(Duration.ZERO)
                        .read()
                        .apply(wait.kind().show().apply(Duration.ofMillis(millis))))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "1.5", "-0.1", "Infinity", "''"})
    void aNumberOutsideItsRangeIsRefused(String text) {
        Setting<Double> share = Setting.of("s", SettingKind.number(0, 1), 0.5, "Share.");
        SettingsReader reader = new SettingsReader("s=" + text);
        reader.read(share);

        assertThatThrownBy(() -> reader.finish("a test", () -> 0))
                .hasMessageContaining("s is '" + text + "'; expected a number from 0 to 1");
    }
}
