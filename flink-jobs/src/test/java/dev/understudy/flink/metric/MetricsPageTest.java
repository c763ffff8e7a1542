package dev.understudy.flink.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Path FRESH = Path.of("target", "metrics.md");

    @Test
    void thePageListsEveryMetric() throws IOException {
        String expected = "# Metrics\n\nEvery reporter of Flink shows them at the end of its own scope; for Prometheus,"
                + " `decode.tokens` is `flink_taskmanager_job_task_operator_decode_tokens`. Counters begin at zero with"
                + " each attempt of a task: sum rates without the labels of the attempt. A full decode operator shows as"
                + " lag of its source (`pendingRecords`), not as back pressure: its gate is closed. Made by"
                + " `MetricsPageTest`, which also says how to renew it.\n\n"
                + "| metric | kind | unit | what |\n|---|---|---|---|\n"
                + Arrays.stream(LoopMetric.values())
                        .map(metric -> "| `" + metric.path() + "` | "
                                + metric.type().name().toLowerCase(Locale.ROOT) + " | " + metric.unit() + " | "
                                + metric.description() + " |\n")
                        .collect(Collectors.joining());
        Files.writeString(FRESH, expected);

        assertThat(PAGE)
                .as("docs/metrics.md is stale: copy flink-jobs/target/metrics.md over it")
                .content()
                .isEqualTo(expected);
    }

    @Test
    void namesAreUniqueAndDescriptionsAreSentences() {
        assertThat(LoopMetric.values()).extracting(LoopMetric::path).doesNotHaveDuplicates();
        assertThat(LoopMetric.values())
                .extracting(LoopMetric::description)
                .allSatisfy(text -> assertThat(text).matches("[A-Z].*\\."));
    }
}
