package dev.understudy.infra.bench.frontier;

import dev.understudy.workload.DemoModels.Recipe;
import dev.understudy.workload.Workload;
import java.util.List;

/** A kind of traffic and the student that meets it. */
public enum Situation {
    /** What the student was made for, half learnt. */
    STATIONARY("stationary", 0.05),
    /** A third of the stock codes changed; the student answers with the old ones, and is sure of them. */
    RECODED("recoded", 0.1),
    /** The changed codes among what the student knows well. */
    MIXED("mixed", 0.02),
    /** Answers end in a message of which any wording is right. */
    FREE_WORDING("free-wording", 0.02),
    /** A student that is wrong several times in most answers. */
    WEAK("weak", 0.05);

    private final String title;
    private final double share;

    Situation(String title, double share) {
        this.title = title;
        this.share = share;
    }

    /** Name in reports. */
    public String title() {
        return title;
    }

    /** The share at which the situation shows what asking can learn. */
    double share() {
        return share;
    }

    /** What arrives, in equal parts. */
    List<Workload> workloads() {
        return switch (this) {
            case STATIONARY, FREE_WORDING, WEAK -> List.of(Workload.ORDER_C1, Workload.PAY_US, Workload.LOG_C1);
            case RECODED -> List.of(Workload.ORDER_C2);
            case MIXED -> List.of(Workload.ORDER_C1, Workload.PAY_US, Workload.LOG_C1, Workload.ORDER_C2);
        };
    }

    /** How its student is made; stale knowledge is the shipped student's. */
    Recipe student() {
        return switch (this) {
            case STATIONARY -> Recipe.moderateStudent();
            case RECODED, MIXED -> Recipe.student();
            case FREE_WORDING -> Recipe.wordingStudent();
            case WEAK -> Recipe.weakStudent();
        };
    }
}
