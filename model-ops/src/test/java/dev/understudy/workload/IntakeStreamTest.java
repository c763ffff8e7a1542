package dev.understudy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IntakeStreamTest {
    private static final InverseParser PARSER = new InverseParser();

    @ParameterizedTest
    @EnumSource(Workload.class)
    void answersAreWhatTheInverseParserReads(Workload workload) {
        SplittableRandom random = new SplittableRandom(4);
        Knobs noisy = new Knobs(0.3, true, 7);
        for (int i = 0; i < 10_000; i++) {
            Example example = IntakeStream.generate(random, workload, i % 2 == 0 ? Knobs.DEFAULT : noisy);
            assertThat(PARSER.answer(example.prompt())).as(example.prompt()).isEqualTo(example.answer());
        }
    }

    @Test
    void sameSeedSameBytes() throws Exception {
        assertThat(digest(1)).isEqualTo("fc7927709d07ea74fc5841fdc30aa328fbdbb04ebbecd29213f4f1a955037660");
        assertThat(digest(2)).isNotEqualTo(digest(1));
    }

    @Test
    void readsALineWhoseAnswerIsWrittenHere() {
        assertThat(PARSER.answer("pay c1 | pls settle 1.249,50 EUR (76-896) by friday next week"))
                .isEqualTo("{\"op\":\"pay\",\"inv\":\"76-896\",\"amt\":\"1249.50\",\"cur\":\"EUR\",\"st\":\"open\","
                        + "\"due\":\"NW-FRI\"}");
        assertThat(PARSER.answer("appt c1 | meet nora jan 7 at half past twelve pm for 90 min"))
                .isEqualTo(
                        "{\"op\":\"appt\",\"who\":\"nora\",\"day\":\"01-07\",\"start\":\"12:30\",\"end\":\"14:00\"}");
    }

    @Test
    void refusesALineThatIsNotOfTheGrammar() {
        assertThatThrownBy(() -> PARSER.answer("pay c1 | hello")).hasMessageContaining("not of the workload's grammar");
        assertThatThrownBy(() -> PARSER.answer("hello")).hasMessageContaining("<family> <release> | <text>");
    }

    @Test
    void givesOnlyPromptsOfItsPart() {
        IntakeStream stream = IntakeStream.uniform(5, Split.DEV);
        for (int i = 0; i < 50; i++) {
            assertThat(Split.of(stream.next().prompt())).isEqualTo(Split.DEV);
        }
    }

    @Test
    void continuesAfterSkipping() {
        IntakeStream whole = IntakeStream.uniform(6, Split.TRAIN);
        whole.skip(40);
        Example expected = whole.next();
        IntakeStream again = IntakeStream.uniform(6, Split.TRAIN);
        again.skip(whole.drawn() - 1);
        assertThat(again.next()).isEqualTo(expected);
    }

    @Test
    void recodesThirtyPercentOfTheStockCodes() {
        int changed = 0;
        for (int item = 0; item < Lexicon.ITEMS.size(); item++) {
            for (int colour = 0; colour < Lexicon.COLOURS.size(); colour++) {
                String before = Lexicon.code(Workload.Release.C1, item, colour);
                changed += before.equals(Lexicon.code(Workload.Release.C2, item, colour)) ? 0 : 1;
            }
        }
        assertThat(changed).isEqualTo(22);
    }

    @Test
    void refusesAWeightOfZero() {
        assertThatThrownBy(() -> new IntakeStream.Share(Workload.PAY_EU, 0))
                .hasMessageContaining("pay-eu has weight 0.0");
        assertThatThrownBy(() -> new IntakeStream(1, List.of(), Split.TRAIN, Knobs.DEFAULT))
                .hasMessageContaining("at least one workload");
    }

    @Test
    void knowsWorkloadsByTheirIds() {
        assertThat(Workload.of("order_de-c2")).isEqualTo(Workload.ORDER_DE_C2);
        assertThatThrownBy(() -> Workload.of("order:c1")).hasMessageContaining("expected one of [order-c1");
    }

    private static String digest(long seed) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        IntakeStream stream = IntakeStream.uniform(seed, Split.TRAIN);
        for (int i = 0; i < 10_000; i++) {
            Example example = stream.next();
            String line = example.workload().id() + "\t" + example.prompt() + "\t" + example.answer() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
