package dev.understudy.distil.ask;

import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.WrittenTokens;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.teacher.Teacher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * The on-policy part of stage 2: prompts decoded by the serving decoder with own tokens drawn from the own law and asks
 * drawn from u, shown whole to the teacher, and read again by the student. Confined to the models' thread.
 */
public final class OwnPaths implements PathLearning.Paths {
    private static final AskPolicy POLICY = new AskPolicy.AskToken(Action.SAMPLED);

    private final Rollouts rollouts;
    private final AskReading reading;
    private final List<Prompt> prompts;
    private final Teacher teacher;
    private int run;
    private int next;

    /** @param prompts at least one; taken in turn */
    public OwnPaths(Rollouts rollouts, AskReading reading, List<Prompt> prompts, Teacher teacher) {
        this.rollouts = rollouts;
        this.reading = reading;
        // Files and benches list one kind of line after the other; a step wants some of each.
        List<Prompt> mixed = new ArrayList<>(prompts);
        Collections.shuffle(mixed, new Random(prompts.size()));
        this.prompts = List.copyOf(mixed);
        this.teacher = teacher;
    }

    @Override
    public List<AskEvidence> under(PricedHead head, double level, int count) {
        run++;
        List<Prompt> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drawn.add(drawn(prompts.get(next++ % prompts.size()), i));
        }
        Rollouts.Terms terms = new Rollouts.Terms(POLICY, head, 0.5, level, 1);
        List<AskEvidence> paths = new ArrayList<>(count);
        for (FinishedSequence finished : rollouts.run(
                drawn, terms, teacher, (tenant, workload, cost, now) -> new Reservation.Granted(now, cost))) {
            WrittenTokens written = finished.sequence().written();
            if (written.seenWhole()) {
                LabelledSequence labelled = labelled(finished.sequence().prompt(), written);
                reading.read(List.of(labelled)).forEach(read -> paths.add(read.withAsked(asked(written))));
            }
        }
        return paths;
    }

    /** The prompt with draws of its own in every run. */
    private Prompt drawn(Prompt prompt, int place) {
        return new Prompt(
                new PromptId("path-" + run + "-" + place),
                prompt.tenant(),
                prompt.workload(),
                prompt.tokenIds(),
                new Sampling(1, 0, 1, run, List.of(), List.of()),
                prompt.maxTokens(),
                prompt.consent(),
                prompt.submittedAt());
    }

    private static boolean[] asked(WrittenTokens written) {
        boolean[] asked = new boolean[written.size()];
        for (int t = 0; t < asked.length; t++) {
            asked[t] = written.authors().get(t) == Author.TEACHER;
        }
        return asked;
    }

    private static LabelledSequence labelled(Prompt prompt, WrittenTokens written) {
        int[] positions = new int[written.size()];
        Arrays.setAll(positions, t -> t);
        List<TeacherDistribution> laws =
                written.teacher().stream().map(Objects::requireNonNull).toList();
        return new LabelledSequence(
                prompt.workload(), prompt.tenant(), prompt.tokenIds(), written.ids(), positions, laws, true);
    }
}
