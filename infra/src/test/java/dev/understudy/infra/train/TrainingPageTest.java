package dev.understudy.infra.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.config.SettingsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TrainingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "training.md");
    private static final Path FRESH = Path.of("target", "training.md");

    @Test
    void thePageListsEverySettingAsTheCodeReadsIt() throws IOException {
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf("| key |"));
        String expected = head + SettingsPage.table(TrainSettings.SETTINGS);
        Files.writeString(FRESH, expected);

        assertThat(page)
                .as("docs/training.md is stale: copy infra/target/training.md over it")
                .isEqualTo(expected);
    }
}
