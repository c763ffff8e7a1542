package dev.understudy.flink.decode;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.flink.wire.KafkaAccess;
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
 */
public record OperatorSettings(
        String jobName,
        KafkaAccess kafka,
        StudentConfig student,
        AskConfig ask,
        BudgetConfig budgets,
        @Nullable TeacherSource teacher)
        implements Serializable {}
