package dev.understudy.infra.bench.frontier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.head.RowHead;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.Contender.Setting;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.TeacherRates;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.Split;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped student, as if a token of every answer were its ask token. */
class ContendersIT {
    private static final Path STUDENT = Path.of("models", "student");
    private static final double SHARE = 0.3;

    private final Engine engine = Engine.installed();
    private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private Tokenizer tokenizer;
    private LanguageModel serving;
    private CallLog calls;
    private LocalTeacher teacher;
    private Traffic traffic;
    private Decoding decoding;
    private RowHead head;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        tokenizer = engine.tokenizer(STUDENT);
        serving = engine.open(STUDENT, Kernel.FP16);
        calls = new CallLog(folder.resolve("calls.log"), clock);
        teacher = LocalTeacher.open(engine, Path.of("models", "teacher"), calls, TeacherRates.FREE);
        traffic = Traffic.of(Situation.STATIONARY, 1, Split.TEST, 99, tokenizer, PromptTemplate.read(STUDENT));
        int end = tokenizer.vocabulary().special(BytePairTrainer.END).orElseThrow();
        decoding = new Decoding(new Rollouts(serving, tokenizer, List.of(end), clock), new Remembering(teacher));
        AskEntries free = AskEntries.of(tokenizer.vocabulary(), new double[] {0.02, SHARE}, Trace.NONE);
        head = RowHead.unpriced(new AskEntries(inEveryAnswer(), free.levels(), free.tokens(), Trace.NONE));
    }

    private int inEveryAnswer() {
        return Arrays.stream(traffic.pairs().get(0).answer())
                .filter(id -> traffic.pairs().stream()
                        .allMatch(pair -> Arrays.stream(pair.answer()).anyMatch(other -> other == id)))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void close() throws Exception {
        teacher.close();
        calls.close();
        serving.close();
        tokenizer.close();
    }

    @Test
    void theEntriesOfTheVersionAreNoTextUnderAnyPolicy() {
        assertThat(decoding.run(traffic, Setting.never(AskHead.NONE).terms()).right())
                .as("the student that has no entries")
                .contains(true);
        assertThat(decoding.run(traffic, Setting.never(head).terms()).right()).containsOnly(false);
        List<String> names = new ArrayList<>();
        for (Contender rival : Contenders.rivals(head, decoding, traffic)) {
            names.add(rival.name());
            assertThat(rival.at(SHARE, Cost.FORWARDS).terms().head())
                    .as(rival.name())
                    .isSameAs(head);
        }
        assertThat(names).containsExactly("confidence", "entropy", "margin", "random", "bild", "speculative");
    }

    @Test
    void theVocabularyFormIsToldTheShareAtWhichItIsMeasured() {
        Rollouts.Terms terms =
                Contenders.row(head, decoding, traffic).at(SHARE, Cost.WRITTEN).terms();

        assertThat(terms.level()).isEqualTo(SHARE);
        assertThat(terms.head()).isSameAs(head);
        assertThat(terms.policy().tellsBudget()).isTrue();
    }

    @Test
    void onlyLearnedAskingHasLabelledSequencesBehindItAndNobodyIsAskedAtShareZero() {
        Sweep sweep = new Sweep(decoding, traffic, head);
        Contender none = new Contender() {
            @Override
            public String name() {
                return "row";
            }

            @Override
            public Setting at(double share, Cost cost) {
                assertThat(share).isPositive();
                return Setting.never(AskHead.NONE);
            }
        };

        List<Cell.Point> points = sweep.points(none, 500, List.of(new Contender.Blind(head)), name -> {});

        assertThat(points).hasSize(2 * Cost.values().length * Measuring.SHARES.length);
        for (Cell.Point point : points) {
            assertThat(point.labelled())
                    .as(point.policy())
                    .isEqualTo(point.policy().equals("row") ? 500 : 0);
            if (point.share() == 0) {
                assertThat(point.written()).isZero();
                assertThat(point.exactMatch())
                        .as("with the entries of the head")
                        .isZero();
            }
        }
    }
}
