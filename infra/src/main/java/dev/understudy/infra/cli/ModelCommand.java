package dev.understudy.infra.cli;

import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Storage;
import dev.understudy.lm.llama2c.Llama2cCheckpoint;
import dev.understudy.token.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into model directories and brings models in. */
@Command(name = "model", description = "Checks and imports models.", mixinStandardHelpOptions = true)
final class ModelCommand {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Command(
            name = "check",
            description = "Opens a Hugging Face directory and says what it holds, or why it is refused.",
            mixinStandardHelpOptions = true)
    int check(@Parameters(paramLabel = "DIR", description = "The model.") Path directory) {
        Engine engine = Engine.installed();
        PrintWriter out = spec.commandLine().getOut();
        try (LanguageModel model = engine.open(directory, Kernel.FP32);
                Tokenizer tokenizer = engine.tokenizer(directory)) {
            ModelShape shape = model.shape();
            if (tokenizer.vocabulary().size() > shape.vocabulary()) {
                throw new FailureException("The tokenizer of " + directory + " has "
                        + tokenizer.vocabulary().size() + " tokens and the model " + shape.vocabulary()
                        + " rows; the first must not be larger. Put the model's own tokenizer beside it.");
            }
            out.println(directory + " is usable: llama, width " + shape.width() + ", " + shape.layers() + " layers, "
                    + shape.heads() + "/" + shape.keyValueHeads() + " heads, vocabulary " + shape.vocabulary()
                    + ", context " + shape.context());
            out.println("vocabulary fingerprint "
                    + tokenizer.vocabulary().fingerprint().hex());
        }
        return 0;
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
        return check(out);
    }
}
