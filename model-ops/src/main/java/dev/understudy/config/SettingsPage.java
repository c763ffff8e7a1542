package dev.understudy.config;

import java.util.List;

/** The reference of settings as Markdown, made from the settings themselves. */
public final class SettingsPage {
    private SettingsPage() {}

    /** A table with one row a setting, in the given order. */
    public static String table(List<? extends Setting<?>> settings) {
        StringBuilder page = new StringBuilder("| key | default | accepts | meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            page.append("| `")
                    .append(setting.key())
                    .append("` | ")
                    .append(cell(setting.shownFallback()))
                    .append(" | ")
                    .append(cell(setting.kind().allowed()))
                    .append(" | ")
                    .append(cell(setting.meaning()))
                    .append(" |\n");
        }
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
