package dev.understudy.workload;

import dev.understudy.workload.DemoModels.Recipe;
import dev.understudy.workload.IntakeStream.Share;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The README of a trained demo model: what it was made of, how, and what it reaches. */
final class ModelCard {
    private ModelCard() {}

    static void write(Path directory, List<Recipe> stages, Map<String, Double> figures) {
        StringBuilder card = new StringBuilder();
        card.append("# Understudy demo ").append(stages.get(0).name()).append("\n\n");
        card.append(
                "A Llama-style decoder trained from nothing on generated lines (package `workload`); no other data.\n");
        card.append("Stored as bf16.\n\n");
        card.append("- shape: ").append(stages.get(0).shape()).append('\n');
        for (int i = 0; i < stages.size(); i++) {
            stage(card, i + 1, stages.get(i));
        }
        card.append("\nExact match on 300 prompts a workload that were never trained on (teacher forcing):\n\n");
        card.append("| workload | exact match |\n|---|---|\n");
        figures.forEach((id, share) -> card.append(String.format(Locale.ROOT, "| %s | %.1f %% |%n", id, 100 * share)));
        try {
            Files.writeString(directory.resolve("README.md"), card);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the model card to " + directory + ". Check the folder.", e);
        }
    }

    private static void stage(StringBuilder card, int number, Recipe recipe) {
        card.append("- stage ").append(number).append(": ").append(recipe.examples());
        card.append(" examples, each seen once, seed ").append(recipe.seed());
        card.append("; AdamW with fresh moments, batch ")
                .append(DemoModels.BATCH)
                .append(", peak rate ");
        card.append(recipe.learningRate()).append(", 100 steps of warm-up, cosine to 5 %; weights");
        for (Share share : recipe.shares()) {
            card.append(' ').append(share.workload().id()).append('=').append(share.weight());
        }
        card.append('\n');
    }
}
