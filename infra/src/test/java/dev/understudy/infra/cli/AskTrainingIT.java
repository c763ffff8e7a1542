package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.decode.head.RowHead;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Asking learnt by command, by the shipped student about codes that have changed. */
@Timeout(300)
class AskTrainingIT {
    private static final Path HOME = Path.of("..");
    private static final Path MODELS = HOME.resolve("infra").resolve("models");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private final Path folder;

    AskTrainingIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void writesAPricedHeadBesideTheUntouchedWeights() throws IOException {
        Path target = folder.resolve("asking");
        assertThat(train(pairs(150), target)).as("%s", err).isZero();

        assertThat(out.toString()).contains("learning from 120, pricing on 30", "budget 10 %: price", "wrote");
        assertThat(target.resolve("model.safetensors"))
                .hasSameBinaryContentAs(MODELS.resolve("student").resolve("model.safetensors"));
        PricedHead head = (PricedHead) AskHeadFile.read(target);
        assertThat(head.levels().levels()).hasSize(5);
        assertThat(head.levels().use()[2]).isBetween(0.05, 0.11);
        assertThat(train(pairs(150), target)).isEqualTo(2);
        assertThat(err.toString()).contains("already holds a model");
    }

    @Test
    void stageTwoTeachesTheHeadToDrawItsAsks() throws IOException {
        Path target = folder.resolve("drawn");
        assertThat(train(pairs(60), target, "--stage-2")).as("%s", err).isZero();

        assertThat(out.toString()).contains("stage 2: the student draws its asks", "wrote");
        PricedHead head = (PricedHead) AskHeadFile.read(target);
        assertThat(head.levels().prices()).hasSize(5).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(train(pairs(60), folder.resolve("x"), "--stage-2", "--form", "ROW"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--stage-2 sharpens the form HEAD");
    }

    @Test
    void teachesTheWeightsToSayTheAskToken() throws IOException {
        Path target = folder.resolve("row");
        assertThat(train(pairs(150), target, "--form", "ROW", "--keep-ask"))
                .as("%s", err)
                .isZero();

        assertThat(out.toString()).contains("learning from 120, pricing on 30", "budget 10 %: price", "wrote");
        RowHead head = (RowHead) AskHeadFile.read(target);
        assertThat(head.entries().trace()).isEqualTo(Trace.KEPT);
        assertThat(head.entries().levels()).hasSize(5);
        assertThat(head.prices().use()[2]).isBetween(0.05, 0.11);
        // the vocabulary is the student's, and so is the end of a text
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            assertThat(target.resolve(file))
                    .hasSameBinaryContentAs(MODELS.resolve("student").resolve(file));
        }
        assertThat(ModelConfig.read(target).endId())
                .isEqualTo(ModelConfig.read(MODELS.resolve("student")).endId());
    }

    @Test
    void whatCannotBeLearntIsSaidInOneSentence() throws IOException {
        assertThat(train(pairs(20), folder.resolve("few"))).isEqualTo(2);
        assertThat(err.toString())
                .contains("from 20 pairs; expected at least 50")
                .doesNotContain("\tat ");
        assertThat(run("train", "--data", pairs(60).toString(), "--out", "x", "--method", "kdtw", "--teacher", "."))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--method kdtw learns when the model of --from asks that of --teacher");
        assertThat(train(pairs(60), folder.resolve("none"), "--keep-ask")).isEqualTo(2);
        assertThat(err.toString()).contains("the form HEAD has none");
        assertThat(run("train", "--data", pairs(60).toString(), "--out", "x", "--form", "ROW"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("say how --method kdtw learns");
    }

    private Path pairs(int count) throws IOException {
        ObjectMapper json = new ObjectMapper();
        StringBuilder lines = new StringBuilder();
        List<Example> examples = IntakeStream.distinct(3, Workload.ORDER_C2, count, Split.TRAIN);
        for (Example example : examples) {
            lines.append(json.writeValueAsString(Map.of("prompt", example.prompt(), "completion", example.answer())))
                    .append('\n');
        }
        return Files.writeString(folder.resolve("pairs-" + count + ".jsonl"), lines);
    }

    private int train(Path data, Path target, String... further) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--data",
                data.toString(),
                "--method",
                "kdtw",
                "--from",
                MODELS.resolve("student").toString(),
                "--teacher",
                MODELS.resolve("teacher").toString(),
                "--out",
                target.toString()));
        arguments.addAll(List.of(further));
        return run(arguments.toArray(new String[0]));
    }

    private int run(String... arguments) {
        return CommandTree.execute(HOME, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
