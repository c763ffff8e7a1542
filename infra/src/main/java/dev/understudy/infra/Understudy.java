package dev.understudy.infra;

import dev.understudy.infra.cli.CommandTree;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The command line of the product. Exit code 0 on success, 2 on bad usage or settings, 1 on failure. */
public final class Understudy {
    private Understudy() {}

    public static void main(String[] arguments) {
        PrintWriter out =
                new PrintWriter(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintWriter err =
                new PrintWriter(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = CommandTree.execute(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }
}
