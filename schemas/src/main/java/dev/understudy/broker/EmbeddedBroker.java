package dev.understudy.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.commons.io.FileUtils;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A one-node KRaft broker with transactions inside this JVM, on the loopback address only. It starts empty in a fresh
 * directory that goes with it; the creator closes it. Topics are not created by themselves. The first start in a JVM
 * takes seconds, later ones less than one: keep one for all tests of a JVM.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    /** Why Kafka wanted to end the process; kept for the whole JVM, as that wish is. */
    private static final AtomicReference<@Nullable String> HALT = new AtomicReference<>();

    private final Path directory;
    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(Path directory, int port, KafkaRaftServer server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /**
     * A running broker on any free port.
     *
     * @throws IOException if its directory cannot be made or written
     */
    public static EmbeddedBroker start() throws IOException {
        return start(0);
    }

    /**
     * A running broker.
     *
     * @param port port for clients; 0 takes a free one
     * @throws IOException if the port is taken or its directory cannot be made or written
     */
    public static EmbeddedBroker start(int port) throws IOException {
        return start(port, Path.of(System.getProperty("java.io.tmpdir", ".")));
    }

    /**
     * A running broker.
     *
     * @param port port for clients; 0 takes a free one
     * @param parent existing folder in which the broker's own directory is made
     * @throws IOException if the port is taken or the directory cannot be made or written
     */
    public static EmbeddedBroker start(int port, Path parent) throws IOException {
        int[] ports = ports(port);
        Path directory = Files.createTempDirectory(parent, "understudy-broker-");
        // A broker whose disk fails ends its process. Here the process is the caller's, who shall hear of it instead.
        Exit.setHaltProcedure(EmbeddedBroker::ended);
        Exit.setExitProcedure(EmbeddedBroker::ended);
        try {
            format(directory);
            KafkaRaftServer server =
                    new KafkaRaftServer(new KafkaConfig(settings(directory, ports[0], ports[1]), false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(directory, ports[0], server);
        } catch (Exception e) {
            FileUtils.deleteQuietly(directory.toFile());
            throw new IOException(
                    "Cannot start the embedded broker on port " + ports[0] + ": " + e.getMessage()
                            + ". Choose another port, or use a broker outside this process.",
                    e);
        }
    }

    /** Where clients connect, as {@code host:port}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    private static void ended(int code, @Nullable String message) {
        String reason = message == null ? "" : ": " + message;
        HALT.set("The embedded broker stopped (Kafka asked for exit code " + code + ")" + reason
                + ". Most often its disk is full or gone; the log says more. Free some space and start again.");
    }

    /** Why the broker cannot go on; empty while it runs. */
    public Optional<String> failure() {
        return Optional.ofNullable(HALT.get());
    }

    /** Stops the broker and deletes its files. */
    @Override
    public void close() throws IOException {
        server.shutdown();
        server.awaitShutdown();
        FileUtils.deleteDirectory(directory.toFile());
    }

    private static void format(Path directory) throws Exception {
        Formatter formatter = new Formatter();
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.setNodeId(1);
        formatter.setDirectories(List.of(directory.toString()));
        formatter.setMetadataLogDirectory(directory.toString());
        formatter.setControllerListenerName("CONTROLLER");
        // The formatter reports to the console; the command line's output is for its user.
        formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        formatter.run();
    }

    private static Map<String, String> settings(Path directory, int port, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        settings.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("log.dirs", directory.toString());
        // One node cannot replicate; one partition each keeps the start fast.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("transaction.max.timeout.ms", "3600000");
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "2");
        settings.put("background.threads", "2");
        settings.put("controlled.shutdown.enable", "false");
        // A loaded machine late with a heartbeat fences its own live broker. It never restarts on the same directory,
        // so nothing ever waits for this time to pass.
        settings.put("broker.session.timeout.ms", "60000");
        // The controller drops a heartbeat that waited for half of this.
        settings.put("broker.heartbeat.interval.ms", "1000");
        return settings;
    }

    /** Client and controller port, both free a moment ago; held together so that they differ. */
    private static int[] ports(int wanted) throws IOException {
        try (ServerSocket client = bind(wanted);
                ServerSocket controller = bind(0)) {
            return new int[] {client.getLocalPort(), controller.getLocalPort()};
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "Cannot start the embedded broker: port " + port
                            + " is in use. Stop what listens there, choose another port, or use 0 for any free one.",
                    e);
        }
    }
}
