package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training by command: from pairs, from a teacher, interrupted by a real signal and resumed. */
@Timeout(300)
class TrainCommandIT {
    private static final Path HOME = Path.of("..");

    private final Path folder;
    private final Path data;
    private final Path settings;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    TrainCommandIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        data = folder.resolve("pairs.jsonl");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String word = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26);
            lines.append("{\"prompt\":\"say ")
                    .append(word)
                    .append("\",\"completion\":\"")
                    .append(word)
                    .append("\"}\n");
        }
        Files.writeString(data, lines);
        settings = folder.resolve("small.yaml");
        Files.writeString(settings, """
                model: {width: 32, layers: 1, heads: 2, feed-forward: 64, context: 32, vocabulary: 300}
                train: {steps: 600, batch: 8, parts: 2, warm-up: 20, save-every: 100, seed: 7, storage: fp32}
                distil: {top-k: 8}
                """);
    }

    @Test
    void aRunInterruptedByCtrlCIsResumedAndEndsWithTheSameBytes() throws IOException, InterruptedException {
        Path straight = folder.resolve("straight");
        assertThat(train(straight)).isZero();
        assertThat(out.toString()).contains("learnt a vocabulary of 2", "step 600 of 600", "tokens/s", "left");

        Path interrupted = folder.resolve("interrupted");
        List<String> shown = new ArrayList<>();
        Process process = process(interrupted);
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                shown.add(line);
                if (line.startsWith("step ") && shown.stream().noneMatch(one -> one.equals("signal sent"))) {
                    shown.add("signal sent");
                    new ProcessBuilder("kill", "-INT", "" + process.pid())
                            .start()
                            .waitFor();
                }
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s", shown).isEqualTo(130);
        assertThat(shown).anyMatch(line -> line.contains("continue with the same command and --resume"));
        assertThat(interrupted.resolve("model.safetensors")).doesNotExist();

        assertThat(train(interrupted)).isEqualTo(2);
        assertThat(err.toString()).contains("continue it with --resume");

        assertThat(train(interrupted, "--resume")).isZero();
        assertThat(out.toString()).contains("resumed at step ");
        assertThat(interrupted.resolve("model.safetensors"))
                .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
        assertThat(interrupted.resolve("config.json")).hasSameTextualContentAs(straight.resolve("config.json"));

        assertThat(train(interrupted, "--resume")).as("finished").isZero();
        assertThat(out.toString()).contains("nothing is left to do");
    }

    @Test
    void aStudentLearnsWhatItsTeacherSays() throws IOException {
        Path teacher = folder.resolve("teacher");
        assertThat(train(teacher)).isZero();
        Path student = folder.resolve("student");
        Files.writeString(settings, """
                model: {width: 16, layers: 1, heads: 2, feed-forward: 32, context: 32}
                train: {steps: 300, batch: 8}
                distil: {top-k: 8, divergence: {beta: 0.3}}
                """);
        assertThat(train(student, "--teacher", teacher.toString(), "--method", "generalised-jsd"))
                .as("%s", err)
                .isZero();
        assertThat(out.toString()).contains("recorded the teacher on 300 of 300 pairs", "step 300 of 300");
        assertThat(student.resolve("tokenizer.json")).hasSameTextualContentAs(teacher.resolve("tokenizer.json"));
        assertThat(student.resolve("config.json")).content().contains("\"eos_token_id\" : 0");

        Path tuned = folder.resolve("tuned");
        Files.writeString(settings, "train: {steps: 50, batch: 8}\nlora: {rank: 4, targets: [q_proj, down_proj]}\n");
        assertThat(train(tuned, "--from", student.toString(), "--teacher", teacher.toString()))
                .as("%s", err)
                .isZero();
        assertThat(tuned.resolve("adapter/adapter_model.safetensors")).exists();
        assertThat(tuned.resolve("model.safetensors")).exists();

        Files.writeString(student.resolve("chat_template.jinja"), "{{ messages[0].content }}");
        assertThat(train(folder.resolve("refused"), "--from", student.toString(), "--teacher", teacher.toString()))
                .as("a prompt means another thing to the teacher")
                .isEqualTo(2);
        assertThat(err.toString()).contains("into " + student + ": its chat template has sha256 ", "put the same chat");
    }

    @Test
    void aResumedRunReadsItsTeacherAsItBegan() throws IOException {
        Path teacher = folder.resolve("teacher");
        assertThat(train(teacher)).isZero();
        Files.writeString(settings, """
                model: {width: 16, layers: 1, heads: 2, feed-forward: 32, context: 32}
                train: {steps: 20, batch: 8}
                distil: {top-k: 8}
                """);
        String[] exactly = {"--teacher", teacher.toString(), "--teacher-kernel", "onednn"};
        Path exact = folder.resolve("exact");
        assertThat(train(exact, exactly)).as("%s", err).isZero();
        Path rounded = folder.resolve("rounded");
        assertThat(train(rounded, "--teacher", teacher.toString(), "--teacher-kernel", "bf16"))
                .as("%s", err)
                .isZero();
        assertThat(out.toString()).contains("the teacher is read with kernel bf16");
        Path laws = rounded.resolve("run/laws.bin");
        Path before = Files.copy(laws, folder.resolve("laws.bin"));
        assertThat(Files.mismatch(before, exact.resolve("run/laws.bin"))).isNotEqualTo(-1);

        assertThat(train(rounded, exactly[0], exactly[1], exactly[2], exactly[3], "--resume"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("teacher.kernel was bf16 and is onednn");

        // as if it had been killed before the first law was recorded
        Files.delete(laws);
        Files.delete(rounded.resolve("model.safetensors"));
        assertThat(train(rounded, "--teacher", teacher.toString(), "--resume"))
                .as("%s", err)
                .isZero();
        assertThat(laws).hasSameBinaryContentAs(before);

        assertThat(train(folder.resolve("none"), "--teacher-kernel", "bf16")).isEqualTo(2);
        assertThat(err.toString()).contains("--teacher-kernel BF16 is of no use here");
    }

    @Test
    void whatDoesNotFitTogetherIsNamedAtOnceAndEndsWithCodeTwo() throws IOException {
        Path none = folder.resolve("none");
        assertThat(run("train", "--out", none.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("found neither");
        assertThat(train(none, "--method", "reverse-kl")).isEqualTo(2);
        assertThat(err.toString()).contains("--method reverse-kl needs a teacher");
        assertThat(train(none, "--teacher", folder.resolve("nowhere").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("There is no model in");
        assertThat(train(none, "--resume")).isEqualTo(2);
        assertThat(err.toString()).contains("Nothing to resume");

        Files.writeString(settings, "model: {width: 33, colour: red}\ntrain: {batch: 0}\nlora: {rank: 4}\n");
        assertThat(train(none)).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "model.width is 33",
                        "model.colour is unknown",
                        "train.batch is '0'",
                        "lora.rank has no effect");

        Files.writeString(data, "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"a\"}\nhello\n");
        Files.writeString(settings, "train: {steps: 1}\n");
        assertThat(train(none)).isEqualTo(2);
        assertThat(err.toString()).contains("pairs.jsonl:2: found no field completion", "pairs.jsonl:3: found no JSON");
        assertThat(err.toString()).doesNotContain("\tat ");
    }

    private int train(Path target, String... more) {
        List<String> arguments = new ArrayList<>(arguments(target));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private List<String> arguments(Path target) {
        return List.of("train", "--data", data.toString(), "--out", target.toString(), "--model", settings.toString());
    }

    private int run(String... arguments) {
        return CommandTree.execute(HOME, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private Process process(Path target) throws IOException {
        // a shell that starts the tests in the background has SIGINT ignored, and children inherit that
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.understudy.infra.Understudy"));
        command.addAll(arguments(target));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
