package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.TenantBudget;
import dev.understudy.flink.job.DistillationArguments;
import dev.understudy.flink.job.ServingArguments;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExampleSettingsTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");

    @Test
    void theExampleOfServingCanBeUsed() {
        assertThat(ServingArguments.parse(SettingsFile.arguments(EXAMPLES.resolve("serving.yaml")))
                        .decode()
                        .budgets()
                        .tenants())
                .contains(TenantBudget.of("corner-shop", 1_000, 2_000, Duration.ofMinutes(1)));
    }

    @Test
    void theExampleOfDistillationCanBeUsed() {
        assertThat(DistillationArguments.parse(SettingsFile.arguments(EXAMPLES.resolve("distillation.yaml")))
                        .kafka()
                        .prefix())
                .isEqualTo("intake.");
    }
}
