package dev.understudy.infra.demo;

import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Exact match of a model directory by itself: policy never, greedy, through the decoder that serves, on fresh prompts
 * that no training ever draws.
 */
final class StudentAlone {
    private static final int ROWS = 32;
    private static final int MOST_TOKENS = 96;
    private static final int RESAMPLES = 2000;
    private static final long TEST_SEED = 99;
    private static final String END = "<eos>";

    private final Engine engine;
    private final Clock clock;
    private final int prompts;

    StudentAlone(Engine engine, Clock clock, int prompts) {
        this.engine = engine;
        this.clock = clock;
        this.prompts = prompts;
    }

    /** Both directories on the same prompts, paired. */
    Map<String, DemoReport.Alone> compare(Path start, Path end, List<Workload> workloads) {
        Map<String, boolean[]> before = right(start, workloads);
        Map<String, boolean[]> after = right(end, workloads);
        Map<String, DemoReport.Alone> figures = new TreeMap<>();
        before.forEach((workload, first) -> {
            boolean[] second = after.getOrDefault(workload, first);
            figures.put(
                    workload,
                    new DemoReport.Alone(
                            share(first),
                            share(second),
                            share(first) - share(second),
                            lossLowerBound(first, second),
                            prompts));
        });
        return figures;
    }

    private Map<String, boolean[]> right(Path directory, List<Workload> workloads) {
        Map<String, boolean[]> right = new TreeMap<>();
        try (Tokenizer tokenizer = engine.tokenizer(directory);
                LanguageModel model = engine.open(directory, Kernel.FP32)) {
            PromptTemplate template = PromptTemplate.read(directory);
            int end = tokenizer
                    .vocabulary()
                    .special(END)
                    .orElseThrow(() -> new IllegalStateException(
                            "The model in " + directory + " has no token " + END + "; the demo's models have one."));
            for (Workload workload : workloads) {
                List<Example> examples = IntakeStream.distinct(TEST_SEED, workload, prompts, Split.TEST);
                Map<String, String> texts = decode(model, tokenizer, template, end, examples);
                boolean[] flags = new boolean[examples.size()];
                for (int i = 0; i < flags.length; i++) {
                    flags[i] = examples.get(i).answer().equals(texts.get("t-" + i));
                }
                right.put(workload.id(), flags);
            }
        }
        return right;
    }

    private Map<String, String> decode(
            LanguageModel model, Tokenizer tokenizer, PromptTemplate template, int end, List<Example> examples) {
        Map<String, String> texts = new HashMap<>();
        DecodeListener listener = new DecodeListener() {
            @Override
            public void finished(FinishedSequence finished) {
                texts.put(finished.sequence().prompt().id().value(), finished.text());
            }

            @Override
            public void drained(String version, LanguageModel drained) {}
        };
        DecodeConfig config = DecodeConfig.of(ROWS, List.of(end), AskConfig.never());
        try (Decoder decoder = new Decoder(config, tokenizer, Help.none(), listener, HelpStatistics.NONE, clock)) {
            decoder.serve("alone", model);
            int next = 0;
            while (next < examples.size() || !decoder.isEmpty()) {
                while (next < examples.size() && decoder.freeSlots() > 0) {
                    int[] ids = template.render(tokenizer, examples.get(next).prompt());
                    decoder.admit(new Prompt(
                            new PromptId("t-" + next),
                            "test",
                            examples.get(next).workload().id(),
                            ids,
                            Sampling.GREEDY,
                            MOST_TOKENS,
                            false,
                            clock.instant()));
                    next++;
                }
                decoder.step();
            }
        }
        return texts;
    }

    private static double share(boolean[] right) {
        int count = 0;
        for (boolean one : right) {
            count += one ? 1 : 0;
        }
        return (double) count / right.length;
    }

    /** Lower end of the 95 % interval of the paired loss, by bootstrap over prompts. */
    static double lossLowerBound(boolean[] first, boolean[] second) {
        SplittableRandom random = new SplittableRandom(TEST_SEED);
        double[] means = new double[RESAMPLES];
        for (int sample = 0; sample < RESAMPLES; sample++) {
            int sum = 0;
            for (int draw = 0; draw < first.length; draw++) {
                int i = random.nextInt(first.length);
                sum += (first[i] ? 1 : 0) - (second[i] ? 1 : 0);
            }
            means[sample] = (double) sum / first.length;
        }
        Arrays.sort(means);
        return means[RESAMPLES * 25 / 1000];
    }
}
