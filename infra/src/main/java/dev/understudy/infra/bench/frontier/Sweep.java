package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.Contender.Setting;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Brings learned asking and every rival to every share on one student, and decodes the test prompts. */
final class Sweep {
    private final Decoding decoding;
    private final Traffic test;
    private final AskHead head;

    /** @param head of the version that serves */
    Sweep(Decoding decoding, Traffic test, AskHead head) {
        this.decoding = decoding;
        this.test = test;
        this.head = head;
    }

    /**
     * Points of all, those of learned asking first.
     *
     * @param labelled labelled sequences behind learned asking
     * @param measured hears the name of each policy when it is done
     */
    List<Cell.Point> points(Contender learned, int labelled, List<Contender> rivals, Consumer<String> measured) {
        List<Cell.Point> points = new ArrayList<>(curve(learned, labelled));
        measured.accept(learned.name());
        for (Contender rival : rivals) {
            points.addAll(curve(rival, 0));
            measured.accept(rival.name());
        }
        return points;
    }

    private List<Cell.Point> curve(Contender contender, int labelled) {
        List<Cell.Point> points = new ArrayList<>();
        for (Cost cost : Cost.values()) {
            for (double share : Measuring.SHARES) {
                points.add(point(contender, cost, share, labelled, points));
            }
        }
        return points;
    }

    /** A point; where the same setting was decoded already, its outcome is taken over. */
    private Cell.Point point(Contender contender, Cost cost, double share, int labelled, List<Cell.Point> measured) {
        boolean sameOnBothAxes = !(contender instanceof Contender.Choosing) && cost == Cost.FORWARDS;
        for (Cell.Point old : measured) {
            if (sameOnBothAxes && old.share() == share) {
                return old.on(cost.title());
            }
        }
        Setting setting = share == 0 ? Setting.never(head) : contender.at(share, cost);
        for (Cell.Point old : measured) {
            if (old.setting().equals(setting.text())) {
                return old.on(cost.title()).at(share);
            }
        }
        Outcome outcome = decoding.run(test, setting.terms());
        return Cell.Point.of(contender.name(), cost.title(), share, setting.text(), outcome, labelled);
    }
}
