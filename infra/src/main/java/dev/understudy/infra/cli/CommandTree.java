package dev.understudy.infra.cli;

import dev.understudy.config.SuppressForbidden;
import dev.understudy.infra.demo.DemoCommand;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.train.Interruption;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command and how failures become one sentence and an exit code. */
@Command(
        name = "understudy",
        description = "Serves a small language model that asks a large one within a hard budget, and learns from it.",
        mixinStandardHelpOptions = true,
        version = "understudy 0.1.0")
public final class CommandTree implements Callable<Integer> {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Shows the stack trace of a failure.")
    private boolean verbose;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }

    /**
     * Runs the command line and returns its exit code: 0, 1 (failure) or 2 (usage).
     *
     * @param interruption what the command may be asked to end by
     */
    public static int execute(PrintWriter out, PrintWriter err, Interruption interruption, String... arguments) {
        return execute(home(), out, err, interruption, arguments);
    }

    /** @param home folder of the product */
    static int execute(Path home, PrintWriter out, PrintWriter err, String... arguments) {
        return execute(home, out, err, new Interruption(), arguments);
    }

    private static int execute(
            Path home, PrintWriter out, PrintWriter err, Interruption interruption, String... arguments) {
        CommandTree root = new CommandTree();
        Clock clock = clock();
        CommandLine line = new CommandLine(root)
                .addSubcommand(new DemoCommand(clock, home))
                .addSubcommand(new PromptsCommand(clock))
                .addSubcommand(new CompletionsCommand())
                .addSubcommand(new TrainCommand(clock, interruption))
                .addSubcommand(ModelCommand.line(clock))
                .addSubcommand(new EvalCommand(clock, home))
                .addSubcommand(new BudgetCommand(clock))
                .addSubcommand(new JobCommand.Serve())
                .addSubcommand(new JobCommand.Distil())
                .addSubcommand(new CheckpointCommand())
                .addSubcommand(new MethodsCommand())
                .addSubcommand(BenchCommand.line(clock, home))
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> interruption.cutsOff() ? 1 : root.explain(failure, command.getErr()));
        return line.execute(arguments);
    }

    /** The one place where the machine's clock is taken; everything below is given it. */
    @SuppressForbidden
    private static Clock clock() {
        return Clock.systemUTC();
    }

    /** Folder of the product: the entry script says where it is. */
    private static Path home() {
        return Path.of(System.getProperty("understudy.home", "."));
    }

    private int explain(Exception failure, PrintWriter err) {
        err.println("understudy: " + sentence(failure));
        String log = System.getProperty("understudy.log", "");
        if (!log.isEmpty() && !(failure instanceof UsageException)) {
            err.println("The log is " + log);
        }
        if (verbose) {
            failure.printStackTrace(err);
        }
        return failure instanceof UsageException ? 2 : 1;
    }

    private static String sentence(Throwable failure) {
        if (failure instanceof FileSystemException file) {
            String reason = file instanceof NoSuchFileException
                    ? "it does not exist"
                    : file instanceof AccessDeniedException
                            ? "access is denied"
                            : file instanceof FileAlreadyExistsException
                                    ? "something else is there"
                                    : String.valueOf(file.getReason());
            return "Cannot use " + file.getFile() + ": " + reason + ". Check the path, its rights and the free space.";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? "Failed with " + failure.getClass().getSimpleName() + ". Run again with --verbose to see where."
                : message;
    }
}
