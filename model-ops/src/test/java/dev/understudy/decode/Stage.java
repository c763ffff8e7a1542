package dev.understudy.decode;

import static dev.understudy.lm.ScriptedLanguageModel.hash;

import dev.understudy.budget.Cost;
import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.account.Allowance;
import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A host of decoders in a test: scripted student (hesitates at every third position) and teacher (disagrees there),
 * mails in a queue that the test runs, everything that is reported in lists.
 */
final class Stage implements DecodeListener, HelpStatistics, Allowance {
    static final int V = 50;
    static final int END = 49;
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    final Map<String, FinishedSequence> finished = new LinkedHashMap<>();
    final List<String> drained = new ArrayList<>();
    final List<String> seen = new ArrayList<>();
    final List<Double> pricesNeeded = new ArrayList<>();
    final FakeTeacher teacher;
    final List<String> shown = new ArrayList<>();
    final ScriptedLanguageModel student = new ScriptedLanguageModel(V, 64, Stage::studentLaw);
    final Queue<Runnable> mails = new ConcurrentLinkedQueue<>();
    double price = 0.5;
    long tokensLeft = Long.MAX_VALUE;
    long callsLeft = Long.MAX_VALUE;
    long microDollarsLeft = Long.MAX_VALUE;
    int settled;
    WhenSpent whenSpent = WhenSpent.CONTINUE;
    Duration patience = Duration.ZERO;
    Reservation refusal = new Reservation.Exhausted();
    Instant now = NOW;
    private int starts;

    Stage() {
        this(new FakeTeacher(Stage::teacherLaw));
    }

    Stage(FakeTeacher teacher) {
        this.teacher = teacher;
    }

    static Law studentLaw(int[] tokens) {
        return new Law(hash(tokens, 1) % (V - 2), tokens.length % 3 == 0 ? 0.3 : 0.9);
    }

    static Law teacherLaw(int[] tokens) {
        return tokens.length % 3 == 0 ? new Law(hash(tokens, 2) % (V - 2), 0.99) : studentLaw(tokens);
    }

    static Prompt prompt(String id, int maxTokens, Sampling sampling, int... ids) {
        return new Prompt(new PromptId(id), "acme", "order", ids, sampling, maxTokens, true, NOW);
    }

    static Prompt prompt(String id, int maxTokens, int... ids) {
        return prompt(id, maxTokens, Sampling.GREEDY, ids);
    }

    Decoder decoder(int rows, AskConfig ask) {
        return decoder(DecodeConfig.of(rows, List.of(END), ask), student);
    }

    Decoder decoder(DecodeConfig config, LanguageModel model) {
        return decoder(config, model, AskHead.NONE);
    }

    Decoder decoder(DecodeConfig config, LanguageModel model, AskHead head) {
        Decoder decoder = new Decoder(
                config,
                new LetterTokenizer(V),
                new Help(teacher, this, (tenant, workload, version) -> price, mails::add, "start-" + starts++),
                this,
                this,
                clock());
        decoder.serve("v1", model, head);
        return decoder;
    }

    /** Steps and runs mails until nothing moves. */
    void run(Decoder decoder) {
        while (turn(decoder)) {}
    }

    /** One mail or one step; false when there is neither. */
    boolean turn(Decoder decoder) {
        Runnable mail = mails.poll();
        if (mail != null) {
            mail.run();
            return true;
        }
        if (decoder.hasWork()) {
            decoder.step();
            return true;
        }
        return false;
    }

    FinishedSequence end(String id) {
        FinishedSequence sequence = finished.get(id);
        if (sequence == null) {
            throw new AssertionError("Sequence " + id + " is not finished; finished are " + finished.keySet());
        }
        return sequence;
    }

    WrittenTokens written(String id) {
        return end(id).sequence().written();
    }

    @Override
    public Reservation reserve(String tenant, String workload, Cost cost, Instant at) {
        if (cost.tokens() > tokensLeft || cost.calls() > callsLeft || cost.microDollars() > microDollarsLeft) {
            return refusal;
        }
        tokensLeft -= cost.tokens();
        callsLeft -= cost.calls();
        microDollarsLeft -= cost.microDollars();
        return new Reservation.Granted(NOW, cost);
    }

    @Override
    public void settle(String tenant, String workload, Reservation.Granted reservation, Cost cost) {
        microDollarsLeft += reservation.cost().microDollars() - cost.microDollars();
        settled++;
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public WhenSpent whenSpent(String tenant) {
        return whenSpent;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    @Override
    public void wrote(PromptId prompt, int index, int token, Author author) {
        shown.add(prompt.value() + "[" + index + "]=" + token + " " + author);
    }

    @Override
    public void finished(FinishedSequence sequence) {
        String id = sequence.sequence().prompt().id().value();
        if (finished.put(id, sequence) != null) {
            throw new AssertionError("Sequence " + id + " finished twice");
        }
    }

    @Override
    public void drained(String version, LanguageModel model) {
        drained.add(version);
        model.close();
    }

    @Override
    public void finished(String tenant, String workload, String version, int tokens, int masked) {
        seen.add(version + " tokens=" + tokens + " masked=" + masked);
    }

    @Override
    public void seenWhole(String tenant, String workload, String version, double priceNeeded, double propensity) {
        seen.add(version + " propensity=" + propensity);
        pricesNeeded.add(priceNeeded);
    }
}
