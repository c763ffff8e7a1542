package dev.understudy.flink.decode;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.control.UseControl;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.flink.topic.KafkaAccess;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a decoding subtask needs to know. Travels with the job graph.
 *
 * @param jobName consumer name in swap reports
 * @param kafka topics
 * @param student first version and how students are run
 * @param ask when help is asked for
 * @param budgets who may use how much of it; prompts of other tenants are rejected
 * @param teacher the large model; null when there is none
 * @param use how prices follow a wanted use of the teacher
 */
public record OperatorSettings(
        String jobName,
        KafkaAccess kafka,
        StudentConfig student,
        AskConfig ask,
        BudgetConfig budgets,
        @Nullable TeacherSource teacher,
        UseControl use)
        implements Serializable {
    /** Prices follow a wanted use as by default. */
    public OperatorSettings(
            String jobName,
            KafkaAccess kafka,
            StudentConfig student,
            AskConfig ask,
            BudgetConfig budgets,
            @Nullable TeacherSource teacher) {
        this(jobName, kafka, student, ask, budgets, teacher, UseControl.DEFAULT);
    }
}
