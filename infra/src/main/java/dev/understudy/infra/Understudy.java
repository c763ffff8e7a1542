package dev.understudy.infra;

import dev.understudy.infra.cli.CommandTree;
import dev.understudy.infra.train.Interruption;
import dev.understudy.lm.engine.Engine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The command line of the product. Exit code 0 on success, 2 on bad usage or settings, 1 on failure; 130 and 143 when
 * Ctrl-C and SIGTERM ended it, after work that can be resumed has been saved.
 */
public final class Understudy {
    /**
     * Longer than any call of a model that a machine of the command line can hold; a hung one ends with the process.
     */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(1);

    private Understudy() {}

    public static void main(String[] arguments) {
        PrintWriter out =
                new PrintWriter(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintWriter err =
                new PrintWriter(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(interruption), "end"));
        int code = CommandTree.execute(out, err, interruption, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** One hook, because hooks run side by side: work needs its model until it has saved. */
    private static void end(Interruption interruption) {
        interruption.request();
        try {
            Engine.installed().standStill(LONGEST_CALL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
