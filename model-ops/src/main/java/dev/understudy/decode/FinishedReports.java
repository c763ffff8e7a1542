package dev.understudy.decode;

import dev.understudy.decode.FinishedSequence.Asking;
import dev.understudy.decode.FinishedSequence.Sight;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.prompt.Prompt;
import dev.understudy.signal.Intervention;
import java.time.Clock;

/**
 * What is told of a sequence that has ended: its figures, and with the prompt's consent a signal. Owned by the task
 * thread.
 */
final class FinishedReports {
    private final AskPolicy policy;
    private final StopRules stops;
    private final String vocabulary;
    private final Help help;
    private final HelpStatistics statistics;
    private final Clock clock;

    /** @param vocabulary fingerprint of the ids */
    FinishedReports(
            AskPolicy policy, StopRules stops, String vocabulary, Help help, HelpStatistics statistics, Clock clock) {
        this.policy = policy;
        this.stops = stops;
        this.vocabulary = vocabulary;
        this.help = help;
        this.statistics = statistics;
        this.clock = clock;
    }

    /** Counts the sequence and writes its report. */
    FinishedSequence report(Sequence sequence) {
        SequenceSnapshot end = sequence.snapshot();
        WrittenTokens tokens = end.written();
        boolean seen = !tokens.teacher().stream().allMatch(law -> law == null);
        double propensity = sequence.propensity;
        Prompt prompt = end.prompt();
        statistics.finished(
                prompt.tenant(),
                prompt.workload(),
                end.version(),
                tokens.size(),
                end.help().masked());
        if (tokens.seenWhole()) {
            statistics.seenWhole(prompt.tenant(), prompt.workload(), end.version(), tokens.priceNeeded(), propensity);
        }
        String teacherVersion = seen ? help.teacher().version() : "";
        Intervention signal = seen && prompt.consent() ? signal(end, propensity, teacherVersion) : null;
        Asking asking = new Asking(policy.name(), policy.heedsPrice() ? help.price(sequence) : Double.NaN);
        return new FinishedSequence(
                end,
                stops.text(sequence),
                new Sight(propensity, sequence.due, sequence.audited),
                clock.instant(),
                asking,
                teacherVersion,
                signal);
    }

    private Intervention signal(SequenceSnapshot end, double propensity, String teacherVersion) {
        Prompt prompt = end.prompt();
        WrittenTokens tokens = end.written();
        return new Intervention(
                prompt.id().value(),
                prompt.tenant(),
                prompt.workload(),
                prompt.tokenIds(),
                tokens.ids(),
                tokens.authors(),
                tokens.studentArgmax(),
                tokens.studentConfidence(),
                tokens.difficulty(),
                tokens.teacher(),
                propensity,
                end.version(),
                teacherVersion,
                vocabulary,
                prompt.consent());
    }
}
