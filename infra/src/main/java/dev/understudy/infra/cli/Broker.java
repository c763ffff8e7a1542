package dev.understudy.infra.cli;

import picocli.CommandLine.Option;

/** Options of every command that talks to a broker. */
final class Broker {
    @Option(
            names = "--bootstrap",
            description = "Kafka bootstrap servers (default: ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1:9092")
    String bootstrapServers = "";

    @Option(names = "--prefix", description = "Prefix of every topic (default: none).", defaultValue = "")
    String prefix = "";
}
