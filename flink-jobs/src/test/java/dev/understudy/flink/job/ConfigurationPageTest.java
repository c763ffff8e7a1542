package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.config.SettingsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path FRESH = Path.of("target", "configuration.md");

    @Test
    void thePageListsEverySettingAsTheCodeReadsIt() throws IOException {
        String expected = "# Settings\n\nOne YAML file a job; the levels of a key are nested (or `key=value` arguments"
                + " where the job is started by Flink). Unknown keys are refused, and all problems are named at once."
                + " Made by `ConfigurationPageTest`, which also says how to renew it.\n\n"
                + "## Serving: `./understudy serve --config FILE`\n\n"
                + SettingsPage.table(ServingArguments.SETTINGS)
                + "\n## Distillation: `./understudy distil --config FILE`\n\n"
                + SettingsPage.table(DistillationArguments.SETTINGS);
        Files.writeString(FRESH, expected);

        assertThat(PAGE)
                .as("docs/configuration.md is stale: copy flink-jobs/target/configuration.md over it")
                .content()
                .isEqualTo(expected);
    }
}
