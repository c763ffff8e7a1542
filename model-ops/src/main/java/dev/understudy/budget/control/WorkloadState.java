package dev.understudy.budget.control;

import dev.understudy.budget.price.HelpPrice;
import org.jspecify.annotations.Nullable;

/**
 * How one workload does, for metrics and people.
 *
 * @param tenant who pays
 * @param workload kind of prompt
 * @param version student version that serves
 * @param price what it is now; null where no controller has set one
 * @param share teacher tokens a completion token of late, in [0, 1]
 * @param agreement how often the student's own tokens are the teacher's, from whole looks
 */
public record WorkloadState(
        String tenant,
        String workload,
        String version,
        @Nullable HelpPrice price,
        double share,
        AgreementEstimate agreement) {}
