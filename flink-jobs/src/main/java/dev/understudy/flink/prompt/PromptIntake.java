package dev.understudy.flink.prompt;

import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.TemplateException;
import dev.understudy.token.Tokenizer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checks between a submission and a prompt that may be decoded. A bad prompt becomes a rejection with a remedy,
 * never an exception: one caller's mistake must not stop the others. Confined to one thread.
 */
public final class PromptIntake {
    private static final int LONGEST_NAME = 200;

    private final Tokenizer tokenizer;
    private final PromptTemplate template;
    private final Set<String> tenants;
    private final int context;
    private final int vocabulary;

    /**
     * @param tokenizer the student's
     * @param template put around every text, as the student was trained; token ids are taken as rendered
     * @param tenants names that have a budget
     * @param context most positions of the student
     */
    public PromptIntake(Tokenizer tokenizer, PromptTemplate template, Set<String> tenants, int context) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.tenants = Set.copyOf(tenants);
        this.context = context;
        this.vocabulary = tokenizer.vocabulary().size();
    }

    /** The prompt, or the first problem that it has. */
    public Arrival check(Submission submission) {
        Problem problem = named(submission);
        if (problem == null) {
            problem = sampled(submission.sampling());
        }
        int[] ids = new int[0];
        if (problem == null) {
            try {
                ids = ids(submission);
                problem = fits(ids, submission.maxTokens());
            } catch (TemplateException e) {
                problem = new Problem(
                        RejectionReason.BAD_CHAT, "The model's chat template cannot take it: " + e.getMessage() + ".");
            }
        }
        if (problem != null) {
            return new Arrival.Rejected(submission.id(), submission.tenant(), problem.reason, problem.message);
        }
        return new Arrival.Accepted(new Prompt(
                new PromptId(submission.id()),
                submission.tenant(),
                submission.workload(),
                ids,
                submission.sampling(),
                submission.maxTokens(),
                submission.consent(),
                submission.submittedAt()));
    }

    private @Nullable Problem named(Submission submission) {
        if (submission.id().isBlank() || submission.id().length() > LONGEST_NAME) {
            return new Problem(
                    RejectionReason.BAD_ID,
                    "The prompt's id has " + submission.id().length() + " characters; expected 1 to " + LONGEST_NAME
                            + " that are not all blank. Send another id.");
        }
        if (!tenants.contains(submission.tenant())) {
            return new Problem(
                    RejectionReason.UNKNOWN_TENANT,
                    "Tenant '" + submission.tenant() + "' has no budget here. Correct the name, or have it added to "
                            + "the serving job's budgets.");
        }
        if (submission.workload().isBlank() || submission.workload().length() > LONGEST_NAME) {
            return new Problem(
                    RejectionReason.BAD_WORKLOAD,
                    "The workload's name has " + submission.workload().length() + " characters; expected 1 to "
                            + LONGEST_NAME + ". Name the kind of prompt.");
        }
        if ((submission.text() == null) == (submission.tokenIds() == null)) {
            return new Problem(
                    RejectionReason.NO_TEXT,
                    "The prompt has " + (submission.text() == null ? "neither text nor" : "both text and")
                            + " token ids; expected one of them.");
        }
        return null;
    }

    private @Nullable Problem sampled(Sampling sampling) {
        String wrong = sampling.objection().orElse(null);
        for (int id : sampling.warp().bias().keySet()) {
            if (wrong == null && (id < 0 || id >= vocabulary)) {
                wrong = "a bias of token id " + id + "; expected ids 0 to " + (vocabulary - 1);
            }
        }
        return wrong == null
                ? null
                : new Problem(RejectionReason.BAD_SAMPLING, "Sampling has " + wrong + ". Correct it and send again.");
    }

    private int[] ids(Submission submission) {
        String text = submission.text();
        if (text != null) {
            return template.render(tokenizer, text);
        }
        int[] ids = submission.tokenIds();
        return ids == null ? new int[0] : ids;
    }

    private @Nullable Problem fits(int[] ids, int maxTokens) {
        if (ids.length == 0) {
            return new Problem(RejectionReason.NO_TEXT, "The prompt has no token; expected at least one.");
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                return new Problem(
                        RejectionReason.BAD_TOKEN,
                        "The prompt has token id " + id + "; the student's vocabulary has ids 0 to " + (vocabulary - 1)
                                + ". Encode with its tokenizer, or send text.");
            }
        }
        if (maxTokens < 1 || (long) ids.length + maxTokens > context) {
            return new Problem(
                    RejectionReason.TOO_LONG,
                    "The prompt has " + ids.length + " tokens and wants up to " + maxTokens
                            + " more; expected at least 1 more and " + context
                            + " in all. Shorten the prompt or ask for fewer tokens.");
        }
        return null;
    }

    private record Problem(RejectionReason reason, String message) {}
}
