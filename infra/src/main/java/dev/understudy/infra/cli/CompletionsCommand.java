package dev.understudy.infra.cli;

import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.topic.TopicReader;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Follows completions. */
@Command(name = "completions", description = "Reads completions.", mixinStandardHelpOptions = true)
final class CompletionsCommand {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Command(
            name = "tail",
            description = "Prints committed completions as they appear, until interrupted or until --count.",
            mixinStandardHelpOptions = true)
    int tail(
            @Mixin Broker broker,
            @Option(names = "--from-beginning", description = "Starts with the oldest completion.")
                    boolean fromBeginning,
            @Option(names = "--json", description = "Prints the whole record as JSON.") boolean json,
            @Option(names = "--count", defaultValue = "9223372036854775807", description = "Stops after this many.")
                    long count,
            @Option(
                            names = "--timeout",
                            defaultValue = "0",
                            description = "Stops after this many seconds; 0 waits for ever.")
                    long timeout)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        CountDownLatch remaining = new CountDownLatch((int) Math.min(count, Integer.MAX_VALUE));
        TopicReader.Start start = fromBeginning ? TopicReader.Start.BEGINNING : TopicReader.Start.END;
        try (TopicReader reader = new TopicReader(
                broker.bootstrapServers,
                broker.prefix,
                List.of(Topics.COMPLETIONS),
                start,
                one -> print(one, json, remaining, out))) {
            if (timeout <= 0) {
                remaining.await();
                return 0;
            }
            boolean complete = remaining.await(timeout, TimeUnit.SECONDS);
            if (!complete && count < Long.MAX_VALUE) {
                throw new FailureException(
                        "Saw " + (count - remaining.getCount()) + " of " + count + " completions within " + timeout
                                + " s. Check that the serving job runs, or wait longer with --timeout.");
            }
            return 0;
        }
    }

    private static void print(SpecificRecord one, boolean json, CountDownLatch remaining, PrintWriter out) {
        if (one instanceof CompletionProduced completion && remaining.getCount() > 0) {
            out.println(
                    json
                            ? completion.toString()
                            : completion.getId() + "\t" + completion.getHelpState() + "\t"
                                    + completion.getTeacherTokens() + " teacher tokens\t" + completion.getText());
            out.flush();
            remaining.countDown();
        }
    }
}
