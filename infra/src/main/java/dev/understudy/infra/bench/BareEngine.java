package dev.understudy.infra.bench;

import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpState;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.token.Tokenizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The decoder that serves, without Kafka and Flink around it, on the caller's thread. */
final class BareEngine implements AutoCloseable {
    private final Clock clock;
    private final BenchSetup setup;
    private final Tokenizer tokenizer;
    private final LanguageModel student;
    private final List<Prompt> prompts = new ArrayList<>();

    /** @param texts what it will decode; turned into token ids here, which is no part of its speed */
    BareEngine(Clock clock, BenchSetup setup, List<String> texts) {
        this.clock = clock;
        this.setup = setup;
        Engine installed = Engine.installed();
        tokenizer = installed.tokenizer(setup.model());
        student = installed.open(setup.model(), BenchSetup.KERNEL);
        PromptTemplate template = PromptTemplate.read(setup.model());
        for (String text : texts) {
            prompts.add(prompt(prompts.size(), template.render(tokenizer, text)));
        }
    }

    /** Decodes its prompts as fast as it can, without a teacher. */
    Finishes decode() {
        return decode(AskConfig.never(), Help.none());
    }

    /** The same with a policy; fails when it wants help, which nobody gives here. */
    Finishes decode(AskConfig ask, Help help) {
        Finishes finishes = new Finishes();
        DecodeListener listener = new DecodeListener() {
            @Override
            public void finished(FinishedSequence finished) {
                if (finished.sequence().help().state() != HelpState.NOT_ASKED) {
                    throw new IllegalStateException("[BUG] a side that must not ask has asked");
                }
                finishes.add(clock.instant(), finished.sequence().written().size());
            }

            @Override
            public void drained(String version, LanguageModel drained) {}
        };
        DecodeConfig config = DecodeConfig.of(setup.rows(), setup.endIds(tokenizer), ask);
        try (Decoder decoder = new Decoder(config, tokenizer, help, listener, HelpStatistics.NONE, clock)) {
            decoder.serve("bench", student);
            int next = 0;
            while (next < prompts.size() || !decoder.isEmpty()) {
                while (next < prompts.size() && decoder.freeSlots() > 0) {
                    decoder.admit(prompts.get(next));
                    next++;
                }
                decoder.step();
            }
        }
        return finishes;
    }

    private Prompt prompt(int number, int[] ids) {
        return new Prompt(
                new PromptId("b-" + number),
                BenchSetup.TENANT,
                BenchSetup.TENANT,
                ids,
                Sampling.GREEDY,
                BenchSetup.MOST_TOKENS,
                false,
                clock.instant());
    }

    @Override
    public void close() {
        student.close();
        tokenizer.close();
    }
}
