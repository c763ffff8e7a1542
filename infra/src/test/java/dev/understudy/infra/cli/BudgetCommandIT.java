package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.flink.job.ServingArguments;
import dev.understudy.flink.job.ServingGraph;
import dev.understudy.infra.cluster.EmbeddedCluster;
import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.teacher.CallLog;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.Topics;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that asks for nearly every token of the small student, watched and changed from the command line. */
@SuppressWarnings("NullAway.Init") // JUnit sets the folder.
@Timeout(300)
class BudgetCommandIT {
    private static final Path MODELS = Path.of("models");
    private static final long CAP = 60;
    private static final long RAISED = 4_000;

    private final IntakeStream stream = IntakeStream.uniform(5, Split.TRAIN);

    @TempDir
    private Path folder;

    private String servers = "";
    private int sent;

    @Test
    void capsAndTargetsOfARunningJobAreShownAndChanged() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                EmbeddedCluster cluster = new EmbeddedCluster(2, folder.resolve("flink"))) {
            servers = broker.bootstrapServers();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                TopicSetup.single("").createOrCheck(admin);
            }
            cluster.submit(ServingGraph.of(ServingArguments.parse(settings())));
            await("the settings are told", () -> exit("budget", "show") == 0);

            await("the cap is used up", () -> {
                send();
                return spent() == CAP;
            });
            JsonNode before = acme();
            assertThat(cap(before, "tokens").path("cap").asLong()).isEqualTo(CAP);
            assertThat(cap(before, "tokens").path("by").asText()).isEqualTo("settings");
            assertThat(cap(before, "tokens").path("granted").asLong()).isEqualTo(CAP);
            assertThat(before.path("target").asText()).startsWith("fixed");
            assertThat(before.path("windowMillis").asLong())
                    .isEqualTo(Duration.ofHours(1).toMillis());

            assertThat(exit("budget", "set", "--tenant", "acme", "--tokens", Long.toString(RAISED)))
                    .isZero();
            await("more than the old cap is used", () -> {
                send();
                return spent() > CAP + 50;
            });
            assertThat(cap(acme(), "tokens").path("by").asText()).isEqualTo("operator");
            // a sequence that begins before its allowance arrives is not seen whole
            await("a whole sequence can be replayed", () -> {
                send();
                return replayed().path("whole").asInt() > 0;
            });
            assertThat(replayed().path("outcomes").size())
                    .as("0, 2, 5, 10 and 20 %")
                    .isEqualTo(5);

            assertThat(exit("budget", "set", "--tenant", "acme", "--target", "share=0.05"))
                    .isZero();
            await("a price is set", () -> {
                send();
                return !acme().path("workloads").path(0).path("price").isMissingNode()
                        && !acme().path("workloads").path(0).path("price").isNull();
            });
            assertThat(acme().path("target").asText()).isEqualTo("share=0.05");
            assertThat(cap(acme(), "tokens").path("cap").asLong())
                    .as("a target does not take the cap away")
                    .isEqualTo(RAISED);

            assertThat(exit("budget", "set", "--tenant", "acme", "--reset")).isZero();
            await(
                    "the settings hold again",
                    () -> cap(acme(), "tokens").path("cap").asLong() == CAP);
            long usedByThen = spent();
            send();
            Awaitility.await()
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> spent() <= RAISED);
            assertThat(usedByThen).isGreaterThan(CAP);
        }
    }

    @Test
    void whatCannotBeMeantIsRefused() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            servers = broker.bootstrapServers();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                TopicSetup.single("").createOrCheck(admin);
            }
            assertThat(exit("budget", "show")).as("no job was ever here").isEqualTo(1);
            assertThat(exit("budget", "set", "--tenant", "acme", "--tokens", "10"))
                    .isEqualTo(1);
        }
    }

    private String[] settings() {
        return new String[] {
            "kafka.bootstrap-servers=" + servers,
            "serving.checkpoint-interval=200ms",
            "decode.initial-model=" + MODELS.resolve("student").toAbsolutePath(),
            "checkpoint.store=" + folder.resolve("store"),
            "decode.policy=confidence",
            "decode.confidence.threshold=1",
            "decode.audit-share=0",
            "decode.closing-look=false",
            "teacher.directory=" + MODELS.resolve("teacher").toAbsolutePath(),
            "teacher.call-log=" + log(),
            "budget.target.kind=fixed",
            "budget.tenants.acme.tokens=" + CAP,
            "budget.tenants.acme.calls=none",
            "budget.tenants.acme.audit-share=0",
        };
    }

    private Path log() {
        return folder.resolve("calls.jsonl");
    }

    private long spent() {
        return Files.exists(log())
                ? CallLog.read(log()).stream().mapToLong(CallLog.Entry::tokens).sum()
                : 0;
    }

    private void send() {
        try (TopicWriter<PromptSubmitted> writer =
                new TopicWriter<>(servers, "", Topics.PROMPTS, PromptSubmitted.class)) {
            for (int i = 0; i < 4; i++) {
                String id = "p-" + sent++;
                writer.send(
                        id,
                        new PromptSubmitted(
                                id,
                                "acme",
                                "order",
                                stream.next().prompt(),
                                null,
                                SamplingChoice.newBuilder().build(),
                                40,
                                true,
                                null,
                                Instant.EPOCH));
            }
            writer.flush();
        }
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> holds) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofMinutes(2))
                .until(holds);
    }

    private JsonNode acme() throws Exception {
        StringWriter out = new StringWriter();
        assertThat(run(out, "budget", "show", "--tenant", "acme", "--json")).isZero();
        return new ObjectMapper().readTree(out.toString()).path("tenants").path(0);
    }

    private JsonNode replayed() throws Exception {
        StringWriter out = new StringWriter();
        return run(out, "eval", "--replay", "--json") == 0
                ? new ObjectMapper().readTree(out.toString()).path("workloads").path("order")
                : new ObjectMapper().createObjectNode();
    }

    private static JsonNode cap(JsonNode tenant, String unit) {
        for (JsonNode cap : tenant.path("caps")) {
            if (cap.path("unit").asText().equals(unit)) {
                return cap;
            }
        }
        throw new AssertionError("no cap in " + unit + ": " + tenant);
    }

    private int exit(String... arguments) {
        return run(new StringWriter(), arguments);
    }

    private int run(StringWriter out, String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--bootstrap";
        all[arguments.length + 1] = servers;
        return CommandTree.execute(Path.of(".."), new PrintWriter(out, true), new PrintWriter(new StringWriter()), all);
    }
}
