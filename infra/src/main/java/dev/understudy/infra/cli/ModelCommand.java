package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.infra.eval.ForcedPass;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.llama2c.Llama2cCheckpoint;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.prompt.Dialect;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into model directories, runs them and brings models in. */
@Command(name = "model", description = "Checks, runs and imports models.", mixinStandardHelpOptions = true)
final class ModelCommand {
    private static final int SHOWN = 5;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** The command with those of its subcommands that have a class of their own. */
    static CommandLine line(Clock clock) {
        return new CommandLine(new ModelCommand()).addSubcommand(new GenerateCommand(clock));
    }

    @Command(
            name = "check",
            description = "Opens a Hugging Face directory and says what it holds, or why it is refused.",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(paramLabel = "DIR", description = "The model.") Path directory,
            @CommandLine.Mixin DeviceOption device) {
        PrintWriter out = spec.commandLine().getOut();
        try (ModelOnDisk model = ModelOnDisk.open(device.engine(), directory, Kernel.FP32)) {
            ModelShape shape = model.model().shape();
            out.println(directory + " is usable: "
                    + shape.architecture().family().modelType() + ", width " + shape.width() + ", " + shape.layers()
                    + " layers, " + shape.heads() + "/" + shape.keyValueHeads() + " heads, vocabulary "
                    + shape.vocabulary() + ", context " + shape.context());
            out.println("end tokens " + (model.endIds().isEmpty() ? "none" : model.endIds()));
            if (model.knowsText()) {
                Dialect dialect = Dialect.of(model.tokenizer(), model.template());
                out.println("vocabulary fingerprint " + dialect.vocabulary().hex());
                out.println(
                        "chat template " + (dialect.template().isEmpty() ? "none" : "sha256 " + dialect.template()));
            } else {
                out.println("no tokenizer.json: takes and gives token ids only");
            }
        }
        return 0;
    }

    @Command(
            name = "logits",
            description = "Prints the logits after every token: unnormalised, in single precision.",
            mixinStandardHelpOptions = true)
    int logits(
            @Parameters(paramLabel = "DIR", description = "The model.") Path directory,
            @Option(names = "--ids", description = "Token ids: 1,2,3.") @Nullable String ids,
            @Option(names = "--prompt", description = "Text in place of ids; special tokens in it count.") @Nullable String prompt,
            @Option(names = "--json", description = "Prints {\"ids\":[...],\"logits\":[[...] per position]}.")
                    boolean json,
            @CommandLine.Mixin DeviceOption device)
            throws IOException {
        try (ModelOnDisk model = ModelOnDisk.open(device.engine(), directory, Kernel.FP32);
                ForcedPass pass = new ForcedPass(model.model())) {
            int[] given = TokenInput.of(model, ids, prompt, 0);
            if (json) {
                writeLogits(pass, given, model.model().shape().vocabulary());
            } else {
                pass.run(given, 0, (position, values, from) -> show(model, given, position, values, from));
            }
            spec.commandLine().getOut().flush();
        }
        return 0;
    }

    private void writeLogits(ForcedPass pass, int[] ids, int vocabulary) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        JsonGenerator json = new ObjectMapper().getFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.writeStartObject();
        json.writeFieldName("ids");
        json.writeArray(ids, 0, ids.length);
        json.writeArrayFieldStart("logits");
        pass.run(ids, 0, (position, values, from) -> {
            try {
                json.writeStartArray();
                for (int v = 0; v < vocabulary; v++) {
                    json.writeNumber(values[from + v]);
                }
                json.writeEndArray();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot print the logits. Check where the output goes.", e);
            }
        });
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        out.println();
    }

    private void show(ModelOnDisk model, int[] ids, int position, float[] values, int from) {
        int vocabulary = model.model().shape().vocabulary();
        Integer[] order = IntStream.range(0, vocabulary).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Float.compare(values[from + b], values[from + a]));
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5d  id %6d ", position, ids[position]));
        for (int k = 0; k < Math.min(SHOWN, vocabulary); k++) {
            line.append(String.format(Locale.ROOT, "  %d: %.5f", order[k], values[from + order[k]]));
        }
        spec.commandLine().getOut().println(line);
    }

    @Command(
            name = "import",
            description = "Converts a llama2.c checkpoint into a Hugging Face directory.",
            mixinStandardHelpOptions = true)
    int importModel(
            @Parameters(index = "0", paramLabel = "MODEL.bin", description = "llama2.c weights, version 0.")
                    Path weights,
            @Option(names = "--tokenizer", required = true, description = "tok*.bin or tok*.vocab.") Path tokenizer,
            @Option(names = "--out", required = true, description = "Folder of the new model.") Path out,
            @Option(
                            names = "--storage",
                            defaultValue = "FP32",
                            description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
                    Storage storage) {
        Llama2cCheckpoint.read(weights).write(out, tokenizer, storage);
        spec.commandLine().getOut().println("wrote " + out);
        return check(out, new DeviceOption());
    }
}
