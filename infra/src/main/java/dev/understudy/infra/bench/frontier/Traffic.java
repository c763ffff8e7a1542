package dev.understudy.infra.bench.frontier;

import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.DemoModels;
import dev.understudy.workload.Example;
import dev.understudy.workload.FreeWording;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Prompts of a situation with their gold answers, workload by workload.
 *
 * @param examples lines and answers as text
 * @param pairs the same as ids
 */
record Traffic(List<Example> examples, List<Pair> pairs) {
    /**
     * Draws distinct prompts.
     *
     * @param count prompts of each workload
     */
    static Traffic of(
            Situation situation, int count, Split split, long seed, Tokenizer tokenizer, PromptTemplate template) {
        List<Example> examples = new ArrayList<>();
        SplittableRandom wordings = new SplittableRandom(seed);
        for (Workload workload : situation.workloads()) {
            for (Example plain : IntakeStream.distinct(seed, workload, count, split)) {
                boolean worded = situation == Situation.FREE_WORDING;
                examples.add(worded ? FreeWording.of(plain, wordings) : plain);
            }
        }
        List<Pair> pairs = examples.stream()
                .map(example -> DemoModels.pair(example, tokenizer, template))
                .toList();
        return new Traffic(examples, pairs);
    }

    /** The first {@code count} prompts of each workload. */
    Traffic upTo(int count, Situation situation) {
        int each = examples.size() / situation.workloads().size();
        List<Example> fewer = new ArrayList<>();
        List<Pair> ids = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            if (i % each < count) {
                fewer.add(examples.get(i));
                ids.add(pairs.get(i));
            }
        }
        return new Traffic(fewer, ids);
    }

    /** As recorded pairs, for a teacher to put its laws on. */
    List<LabelledSequence> recorded() {
        List<LabelledSequence> recorded = new ArrayList<>(pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            String workload = examples.get(i).workload().id();
            recorded.add(LabelledSequence.ofPair(
                    workload, pairs.get(i).prompt(), pairs.get(i).answer()));
        }
        return recorded;
    }

    int size() {
        return examples.size();
    }
}
