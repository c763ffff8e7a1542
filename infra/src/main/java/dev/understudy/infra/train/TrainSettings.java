package dev.understudy.infra.train;

import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.distil.Decay;
import dev.understudy.distil.Schedule;
import dev.understudy.distil.divergence.Divergence;
import dev.understudy.distil.pair.PairBatches;
import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Lora;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a training run, and how {@code key=value} texts become them; names all problems at once.
 *
 * @param shape sizes of a new model; its vocabulary is the most ids that a tokenizer may have
 * @param run how long and in what pieces
 * @param rate how the learning rate moves
 * @param hyper settings of AdamW, at the peak rate
 * @param lora the adapter that is trained, or null when all weights are
 * @param teaching what is learnt from a teacher
 */
public record TrainSettings(
        ModelShape shape,
        RunLength run,
        Rate rate,
        Hyper hyper,
        @Nullable Lora lora,
        Teaching teaching) {
    private static final int LARGEST_SIZE = 1 << 20;
    private static final SettingKind<Integer> SIZE = SettingKind.count(1, LARGEST_SIZE);
    private static final SettingKind<Integer> SIZE_OR_NONE = SettingKind.count(0, LARGEST_SIZE);

    private static final Setting<Integer> WIDTH = Setting.of("model.width", SIZE, 128, "Hidden size of a new model.");
    private static final Setting<Integer> LAYERS = Setting.of("model.layers", SIZE, 4, "Decoder blocks.");
    private static final Setting<Integer> HEADS =
            Setting.of("model.heads", SIZE, 4, "Query heads; the width divided by them is the even size of a head.");
    private static final Setting<Integer> GROUPS = Setting.of(
            "model.key-value-heads", SIZE_OR_NONE, 0, "Key/value heads, a divisor of the query heads; 0 for as many.");
    private static final Setting<Integer> FEED_FORWARD =
            Setting.of("model.feed-forward", SIZE, 352, "Inner size of the gated feed-forward block.");
    private static final Setting<Integer> CONTEXT =
            Setting.of("model.context", SIZE, 512, "Most tokens of prompt and completion together.");
    private static final Setting<Integer> VOCABULARY = Setting.of(
            "model.vocabulary",
            SettingKind.count(258, LARGEST_SIZE),
            2048,
            "Most ids of a new tokenizer; with a teacher its own vocabulary is used.");
    private static final Setting<Boolean> TIED =
            Setting.of("model.tied-head", SettingKind.flag(), true, "Whether the output head is the embedding.");
    private static final Setting<Double> ROPE_BASE = Setting.of(
            "model.rope-base",
            SettingKind.numberAbove(1, Double.POSITIVE_INFINITY),
            200.0,
            "Base of the rotary frequencies; small models on short texts learn to copy many times sooner at 200 than at the usual 10000.");

    private static final Setting<Double> EPOCHS = Setting.of(
            "train.epochs",
            SettingKind.numberAbove(0, 1e6),
            3.0,
            "How often each pair is seen; not read when train.steps is given.");
    private static final Setting<Long> STEPS =
            Setting.of("train.steps", SettingKind.whole(0, Long.MAX_VALUE), 0L, "Optimiser steps; 0 for by epochs.");
    private static final Setting<Integer> BATCH = Setting.of("train.batch", SIZE, 16, "Pairs a step.");
    private static final Setting<Integer> PARTS = Setting.of(
            "train.parts", SIZE, 1, "Pieces in which a step is computed, one after the other, to need less memory.");
    private static final Setting<Double> LEARNING_RATE =
            Setting.of("train.learning-rate", SettingKind.numberAbove(0, 10), 2.5e-3, "Peak learning rate.");
    private static final Setting<Long> WARM_UP = Setting.of(
            "train.warm-up", SettingKind.whole(0, Long.MAX_VALUE), 100L, "Steps of linear warm-up to the peak.");
    private static final Setting<DecayKind> DECAY = Setting.of(
            "train.decay", SettingKind.choice(DecayKind.class), DecayKind.COSINE, "How the rate falls from the peak.");
    private static final Setting<Double> FLOOR =
            Setting.of("train.floor", SettingKind.number(0, 1), 0.05, "Rate at the end as a fraction of the peak.");
    private static final Setting<Double> WEIGHT_DECAY =
            Setting.of("train.weight-decay", SettingKind.number(0, 10), 0.01, "Decoupled decay of matrices.");
    private static final Setting<Double> CLIP = Setting.of(
            "train.clip", SettingKind.numberAbove(0, Double.POSITIVE_INFINITY), 1.0, "Largest global gradient norm.");
    private static final Setting<Long> SEED = Setting.of(
            "train.seed",
            SettingKind.whole(Long.MIN_VALUE, Long.MAX_VALUE),
            1L,
            "Seed of the first weights and of the order of pairs.");
    private static final Setting<Integer> SAVE_EVERY = Setting.of(
            "train.save-every", SettingKind.count(1, Integer.MAX_VALUE), 500, "Steps between two saved states.");
    private static final Setting<StorageKind> STORAGE = Setting.of(
            "train.storage",
            SettingKind.choice(StorageKind.class),
            StorageKind.BF16,
            "Number format of the finished model.");

    private static final Setting<Integer> LORA_RANK = Setting.of(
            "lora.rank", SIZE_OR_NONE, 0, "Rank of an adapter for the model of --from; 0 trains all weights.");
    private static final Setting<Double> LORA_ALPHA =
            Setting.of("lora.alpha", SettingKind.number(0, 1e6), 0.0, "Scale of the adapter; 0 for twice the rank.");
    private static final Setting<List<String>> LORA_TARGETS = Setting.of(
            "lora.targets",
            SettingKind.list(new SettingKind<>(
                    "one of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
                    text -> Projection.named(text)
                            .orElseThrow(IllegalArgumentException::new)
                            .module(),
                    text -> text)),
            List.of("q_proj", "v_proj"),
            "Matrices of every layer that the adapter changes.");

    private static final Setting<Integer> TOP_K =
            Setting.of("distil.top-k", SIZE, 32, "Ids of a teacher's law that are recorded; the rest is one bucket.");
    private static final Setting<Double> BETA = Setting.of(
            "distil.divergence.beta",
            SettingKind.number(0, 1),
            0.5,
            "Share of the teacher in the mixture of generalised-jsd; 0 is forward, 1 reverse KL.");
    private static final Setting<Double> SKEW = Setting.of(
            "distil.divergence.skew",
            SettingKind.number(0.001, 0.999),
            0.1,
            "Share of the other law in the mixture of skew-kl and skew-reverse-kl.");

    /** Every setting, in the order of the training page. */
    public static final List<Setting<?>> SETTINGS = List.of(
            WIDTH,
            LAYERS,
            HEADS,
            GROUPS,
            FEED_FORWARD,
            CONTEXT,
            VOCABULARY,
            TIED,
            ROPE_BASE,
            EPOCHS,
            STEPS,
            BATCH,
            PARTS,
            LEARNING_RATE,
            WARM_UP,
            DECAY,
            FLOOR,
            WEIGHT_DECAY,
            CLIP,
            SEED,
            SAVE_EVERY,
            STORAGE,
            LORA_RANK,
            LORA_ALPHA,
            LORA_TARGETS,
            TOP_K,
            BETA,
            SKEW);

    private enum DecayKind {
        CONSTANT,
        LINEAR,
        COSINE
    }

    private enum StorageKind {
        FP32,
        BF16,
        FP16
    }

    /**
     * How long and in what pieces.
     *
     * @param epochs how often each pair is seen, when {@code steps} is 0
     * @param steps optimiser steps, or 0
     * @param sizes of a step
     * @param saveEvery steps between two saved states
     * @param storage of the finished model
     */
    public record RunLength(double epochs, long steps, PairBatches.Sizes sizes, int saveEvery, Storage storage) {
        /** Optimiser steps for this many pairs. */
        public long steps(int pairs) {
            return steps > 0 ? steps : Math.max(1, (long) Math.ceil(epochs * pairs / sizes.batch()));
        }
    }

    /**
     * How the learning rate moves.
     *
     * @param peak highest rate
     * @param warmUp steps to reach it
     * @param decay how it falls
     */
    public record Rate(double peak, long warmUp, Decay decay) {
        /** The schedule of a run of {@code steps}. */
        public Schedule schedule(long steps) {
            return new Schedule(steps, peak, warmUp, decay);
        }
    }

    /**
     * What is learnt from a teacher.
     *
     * @param divergence from its law
     * @param topK ids of a law that are recorded
     */
    public record Teaching(Divergence divergence, int topK) {}

    /** What a run begins with. */
    public enum Beginning {
        /** A new model and a new tokenizer. */
        NOTHING,
        /** A new model with the teacher's tokenizer. */
        TEACHER,
        /** The weights and the tokenizer of a model. */
        MODEL
    }

    /**
     * Reads the settings.
     *
     * @param method name of a divergence
     * @param beginning what the run begins with: settings without effect are refused
     * @param texts {@code key=value}
     * @throws dev.understudy.config.SettingsException naming every problem
     */
    public static TrainSettings parse(String method, Beginning beginning, String... texts) {
        SettingsReader given = new SettingsReader(texts);
        refuse(given, beginning);
        int width = given.read(WIDTH);
        int heads = given.read(HEADS);
        int groups = given.read(GROUPS);
        int layers = given.read(LAYERS);
        int feedForward = given.read(FEED_FORWARD);
        int context = given.read(CONTEXT);
        int vocabulary = given.read(VOCABULARY);
        boolean tied = given.read(TIED);
        double ropeBase = given.read(ROPE_BASE);
        if (width % heads != 0 || width / heads % 2 != 0) {
            given.problem("model.width is " + width + " with model.heads " + heads
                    + "; expected a width that the heads divide into even sizes");
        }
        double epochs = given.read(EPOCHS);
        long steps = given.read(STEPS);
        int batch = given.read(BATCH);
        int parts = given.read(PARTS);
        int saveEvery = given.read(SAVE_EVERY);
        long seed = given.read(SEED);
        StorageKind storage = given.read(STORAGE);
        double peak = given.read(LEARNING_RATE);
        long warmUp = given.read(WARM_UP);
        DecayKind decay = given.read(DECAY);
        double floor = given.read(FLOOR);
        Hyper hyper = new Hyper(peak, given.read(WEIGHT_DECAY), 0, given.read(CLIP), 0.9, 0.98);
        int rank = given.read(LORA_RANK);
        double alpha = given.read(LORA_ALPHA);
        List<String> targets = given.read(LORA_TARGETS);
        int topK = given.read(TOP_K);
        double beta = given.read(BETA);
        double skew = given.read(SKEW);
        return given.finish(
                "the training run",
                () -> new TrainSettings(
                        new ModelShape(
                                width,
                                layers,
                                heads,
                                groups == 0 ? heads : groups,
                                width / heads,
                                feedForward,
                                vocabulary,
                                context,
                                tied,
                                ropeBase,
                                1e-5),
                        new RunLength(
                                epochs,
                                steps,
                                new PairBatches.Sizes(batch, parts, seed),
                                saveEvery,
                                Storage.valueOf(storage.name())),
                        new Rate(peak, warmUp, decay(decay, floor)),
                        hyper,
                        rank == 0 ? null : new Lora(rank, alpha == 0 ? 2.0 * rank : alpha, projections(targets)),
                        new Teaching(Divergence.of(method, beta, skew), topK)));
    }

    private static void refuse(SettingsReader given, Beginning beginning) {
        if (beginning == Beginning.MODEL) {
            for (Setting<?> size :
                    List.of(WIDTH, LAYERS, HEADS, GROUPS, FEED_FORWARD, CONTEXT, VOCABULARY, TIED, ROPE_BASE)) {
                given.refuse(size, "the model of --from has its own sizes");
            }
        } else {
            for (Setting<?> adapter : List.of(LORA_RANK, LORA_ALPHA, LORA_TARGETS)) {
                given.refuse(adapter, "an adapter needs the model that it changes; name it by --from");
            }
        }
        if (beginning == Beginning.TEACHER) {
            given.refuse(VOCABULARY, "student and teacher share the teacher's vocabulary");
        }
    }

    private static Decay decay(DecayKind kind, double floor) {
        return switch (kind) {
            case CONSTANT -> new Decay.Constant();
            case LINEAR -> new Decay.Linear(floor);
            case COSINE -> new Decay.Cosine(floor);
        };
    }

    private static Set<Projection> projections(List<String> modules) {
        Set<Projection> targets = EnumSet.noneOf(Projection.class);
        modules.forEach(module -> Projection.named(module).ifPresent(targets::add));
        return targets;
    }

    /** A new model for a vocabulary of {@code size} ids. */
    ModelShape shapeFor(int size) {
        return new ModelShape(
                shape.width(),
                shape.layers(),
                shape.heads(),
                shape.keyValueHeads(),
                shape.headSize(),
                shape.feedForward(),
                size,
                shape.context(),
                shape.tiedHead(),
                shape.normEpsilon(),
                shape.architecture());
    }
}
