package dev.understudy.infra.eval;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model directory opened whole: weights, tokenizer, chat template and end tokens. Confined to one thread; whoever
 * opened it closes it.
 *
 * @param tokenizer of the directory; where there is none, one that knows no text
 * @param endIds tokens that end a completion; empty when the directory names none
 */
public record ModelOnDisk(
        Path directory, LanguageModel model, Tokenizer tokenizer, PromptTemplate template, List<Integer> endIds)
        implements AutoCloseable {
    /**
     * Opens a directory.
     *
     * @throws ModelRejectedException when it must not be used, or when tokenizer and weights do not belong together
     */
    public static ModelOnDisk open(Engine engine, Path directory, Kernel kernel) {
        boolean texts = Files.exists(directory.resolve("tokenizer.json"));
        PromptTemplate template = PromptTemplate.read(directory);
        LanguageModel model = engine.open(directory, kernel);
        Tokenizer tokenizer;
        try {
            tokenizer = texts ? engine.tokenizer(directory) : new IdsOnly(directory);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
        ModelOnDisk opened = new ModelOnDisk(directory, model, tokenizer, template, ModelConfig.endIds(directory));
        int rows = model.shape().vocabulary();
        if (tokenizer.vocabulary().size() > rows) {
            opened.close();
            throw new ModelRejectedException("Cannot use " + directory + ": tokenizer.json has "
                    + tokenizer.vocabulary().size() + " tokens and the model " + rows
                    + " rows, expected no more tokens than rows; put the model's own tokenizer beside it.");
        }
        return opened;
    }

    /** False when texts can be neither read nor written, only ids. */
    public boolean knowsText() {
        return !(tokenizer instanceof IdsOnly);
    }

    @Override
    public void close() {
        tokenizer.close();
        model.close();
    }

    /** Stands in where a directory has no tokenizer: ids have no text. */
    private static final class IdsOnly implements Tokenizer {
        private final Path directory;

        IdsOnly(Path directory) {
            this.directory = directory;
        }

        @Override
        public int[] encode(String text) {
            throw new ModelRejectedException(
                    "Cannot read a text for " + directory
                            + ": tokenizer.json is missing, expected a fast tokenizer; give token ids, or put the model's tokenizer beside it.");
        }

        @Override
        public String decode(int[] ids) {
            return "";
        }

        @Override
        public Vocabulary vocabulary() {
            return new Vocabulary(List.of(), Map.of());
        }

        @Override
        public void close() {}
    }
}
