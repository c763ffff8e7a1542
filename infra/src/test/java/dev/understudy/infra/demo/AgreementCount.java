package dev.understudy.infra.demo;

import dev.understudy.decode.FinishedSequence;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.lm.LanguageModel;
import dev.understudy.signal.Author;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Agreement counted from outside: every finished text is read whole by the teacher, and a sequence agrees when each
 * token that the student wrote is the teacher's most probable one. Knows nothing of audits, prices or propensities.
 */
final class AgreementCount {
    /** Two-sided 90 % of a normal law. */
    private static final double Z = 1.6448536;

    private final LanguageModel judge;
    private final List<Read> sequences = new ArrayList<>();

    private record Read(String phase, String version, String workload, boolean agrees, int tokens, int ofTeacher) {
        String cell() {
            return phase + " " + workload;
        }
    }

    AgreementCount(LanguageModel judge) {
        this.judge = judge;
    }

    void add(String phase, List<FinishedSequence> finished) {
        List<LabelledSequence> texts = finished.stream()
                .map(one -> LabelledSequence.ofPair(
                        one.sequence().prompt().workload(),
                        one.sequence().prompt().tokenIds(),
                        one.sequence().written().ids()))
                .toList();
        List<LabelledSequence> laws = new TeacherLabels(judge).label(texts);
        for (int i = 0; i < laws.size(); i++) {
            List<Author> authors = finished.get(i).sequence().written().authors();
            boolean agrees = true;
            int ofTeacher = 0;
            for (int t = 0; t < authors.size(); t++) {
                boolean own = authors.get(t) == Author.STUDENT;
                agrees &= !own
                        || laws.get(i).laws().get(t).argmax() == laws.get(i).tokenIds()[t];
                ofTeacher += own ? 0 : 1;
            }
            String version = finished.get(i).sequence().version();
            sequences.add(new Read(phase, version, laws.get(i).workload(), agrees, authors.size(), ofTeacher));
        }
    }

    /** Phases and workloads whose agreement lies below the target with its whole interval. */
    List<String> below(double target) {
        return cells().stream()
                .filter(cell -> upper(of(read -> read.cell().equals(cell))) < target)
                .toList();
    }

    double agreement(String version, String workload) {
        return rate(of(read -> read.version().equals(version) && read.workload().equals(workload)));
    }

    double teacherShare(String phase) {
        return share(of(read -> read.phase().equals(phase)));
    }

    private List<String> cells() {
        return sequences.stream().map(Read::cell).distinct().sorted().toList();
    }

    private List<Read> of(Predicate<Read> which) {
        return sequences.stream().filter(which).toList();
    }

    private static double share(List<Read> reads) {
        return reads.stream().mapToInt(Read::ofTeacher).sum()
                / (double) reads.stream().mapToInt(Read::tokens).sum();
    }

    private static double rate(List<Read> reads) {
        return reads.stream().filter(Read::agrees).count() / (double) reads.size();
    }

    /** Upper end of Wilson's interval. */
    private static double upper(List<Read> reads) {
        double rate = rate(reads);
        int n = reads.size();
        double z2 = Z * Z / n;
        return (rate + z2 / 2 + Z * Math.sqrt(rate * (1 - rate) / n + z2 / (4 * n))) / (1 + z2);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String cell : cells()) {
            List<Read> reads = of(read -> read.cell().equals(cell));
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s: %d sequences, agreement %.4f (up to %.4f), teacher's share %.3f",
                    cell,
                    reads.size(),
                    rate(reads),
                    upper(reads),
                    share(reads)));
        }
        return text.toString();
    }
}
