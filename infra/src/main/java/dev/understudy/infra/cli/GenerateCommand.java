package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.infra.eval.DecodeRun;
import dev.understudy.infra.eval.ForcedPass;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.lm.Kernel;
import dev.understudy.prompt.ChatMessage;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.TemplateException;
import dev.understudy.token.TextStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a completion with the decoder that serves; the text appears as it is written. */
@Command(
        name = "generate",
        description = "Writes a completion; the text appears as it is written.",
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    private static final String ID = "generate";

    private final Clock clock;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The model.")
    private Path directory = Path.of(".");

    @Option(names = "--ids", description = "Prompt as token ids: 1,2,3.")
    private @Nullable String ids;

    @Option(
            names = "--prompt",
            description =
                    "Prompt as text, as it is: special tokens in it count. With --chat it is a message and no token.")
    private @Nullable String prompt;

    @Option(names = "--chat", description = "Puts --prompt into the model's chat template as the user's message.")
    private boolean chat;

    @Option(names = "--system", description = "System message before it; with --chat.")
    private @Nullable String system;

    @Option(
            names = "--max-tokens",
            defaultValue = "64",
            description = "Most tokens of the completion (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(names = "--ignore-end", description = "Goes on after the model's end token.")
    private boolean ignoreEnd;

    @Option(
            names = "--kernel",
            defaultValue = "FP32",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Kernel kernel = Kernel.FP32;

    @Option(
            names = "--json",
            description = "Prints {\"ids\":[new],\"text\":\"...\",\"logProbabilities\":[of each, before sampling]}.")
    private boolean json;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    GenerateCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (maxTokens < 1) {
            throw new UsageException("--max-tokens is " + maxTokens + "; expected at least 1. Ask for a token.");
        }
        try (ModelOnDisk model = ModelOnDisk.open(device.engine(), directory, kernel)) {
            int[] tokens = chat ? rendered(model) : TokenInput.of(model, ids, prompt, maxTokens);
            Prompt request = new Prompt(
                    new PromptId(ID), ID, ID, tokens, sampling.sampling(), maxTokens, false, clock.instant());
            FinishedSequence end = write(model, request);
            if (json) {
                spec.commandLine().getOut().println(json(model, tokens, end));
            }
        }
        return 0;
    }

    private int[] rendered(ModelOnDisk model) {
        if (prompt == null || ids != null) {
            throw new UsageException("--chat needs a message; expected --prompt TEXT without --ids. Give a text.");
        }
        List<ChatMessage> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new ChatMessage("system", system));
        }
        messages.add(ChatMessage.user(prompt));
        try {
            return TokenInput.checked(model, model.template().render(model.tokenizer(), messages), maxTokens);
        } catch (TemplateException e) {
            throw new UsageException("The chat template of " + directory + " cannot take it: " + e.getMessage() + ".");
        }
    }

    private FinishedSequence write(ModelOnDisk model, Prompt request) {
        PrintWriter out = spec.commandLine().getOut();
        TextStream text = new TextStream(model.tokenizer());
        DecodeRun.Watcher screen = new DecodeRun.Watcher() {
            @Override
            public void wrote(PromptId id, int token) {
                if (!json) {
                    out.print(model.knowsText() ? text.add(token) : token + " ");
                    out.flush();
                }
            }
        };
        Map<String, FinishedSequence> ends =
                new DecodeRun(model, clock, 1).alone(List.of(request), ignoreEnd ? List.of() : model.endIds(), screen);
        if (!json) {
            out.println(text.end());
        }
        FinishedSequence end = ends.get(ID);
        if (end == null) {
            throw new IllegalStateException("[BUG] the decoder ended without a completion");
        }
        return end;
    }

    private static String json(ModelOnDisk model, int[] prompt, FinishedSequence end) throws JsonProcessingException {
        int[] written = end.sequence().written().ids();
        int[] all = Arrays.copyOf(prompt, prompt.length + written.length);
        System.arraycopy(written, 0, all, prompt.length, written.length);
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.set("ids", mapper.valueToTree(written));
        root.put("text", end.text());
        try (ForcedPass pass = new ForcedPass(model.model())) {
            root.set("logProbabilities", mapper.valueToTree(pass.logProbabilities(all, prompt.length)));
        }
        root.put("stop", end.stop().name());
        return mapper.writeValueAsString(root);
    }
}
