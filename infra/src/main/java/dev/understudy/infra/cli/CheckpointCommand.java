package dev.understudy.infra.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Probes;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into a checkpoint store. */
@Command(
        name = "checkpoint",
        description = "Lists, shows and verifies published checkpoints.",
        mixinStandardHelpOptions = true)
final class CheckpointCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--store",
            required = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Root of the checkpoint store.")
    private Path store = Path.of(".");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private FileCheckpointStore open() {
        if (!Files.isDirectory(store)) {
            throw new UsageException("Cannot open the store " + store
                    + ": it is not a directory. Name the folder that holds 'checkpoints/'.");
        }
        return new FileCheckpointStore(store);
    }

    @Command(name = "list", description = "Lists published checkpoints.", mixinStandardHelpOptions = true)
    int list(@Option(names = "--json", description = "Prints JSON.") boolean json) throws java.io.IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> ids = open().published().stream().map(CheckpointId::value).toList();
        if (json) {
            out.println(JSON.writeValueAsString(Map.of("checkpoints", ids)));
        } else {
            ids.forEach(out::println);
        }
        return 0;
    }

    @Command(name = "show", description = "Prints a checkpoint's manifest.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "ID", description = "The checkpoint.") String id) {
        FileCheckpointStore opened = open();
        spec.commandLine().getOut().println(opened.manifest(known(opened, id)).toJson());
        return 0;
    }

    @Command(
            name = "verify",
            description = "Checks sha256 and size of every file, then loads the model and runs its probes.",
            mixinStandardHelpOptions = true)
    int verify(@Parameters(paramLabel = "ID", description = "The checkpoint.") String id) {
        FileCheckpointStore opened = open();
        CheckpointId checkpoint = known(opened, id);
        CheckpointManifest manifest = opened.verify(checkpoint);
        try (LanguageModel model = Engine.installed().open(opened.directory(checkpoint), Kernel.FP32)) {
            Optional<String> objection =
                    Probes.objection(model, manifest.contents().probes(), Kernel.FP32);
            if (objection.isPresent()) {
                throw new FailureException("Checkpoint " + id + " is not what was published: " + objection.get());
            }
        }
        spec.commandLine()
                .getOut()
                .println("checkpoint " + id + " is intact: "
                        + manifest.contents().files().size() + " files, "
                        + manifest.contents().probes().size() + " probes");
        return 0;
    }

    private CheckpointId known(FileCheckpointStore opened, String id) {
        CheckpointId checkpoint = new CheckpointId(id);
        if (!opened.isPublished(checkpoint)) {
            throw new UsageException("Checkpoint " + id + " is not in " + store
                    + ". 'understudy checkpoint list --store " + store + "' shows what is.");
        }
        return checkpoint;
    }
}
