package dev.understudy.infra.demo;

import dev.understudy.workload.IntakeStream;
import java.util.List;

/**
 * One stretch of traffic.
 *
 * @param name shown on the display and in the report
 * @param prompts how many prompts it sends: fixed, so that a seed fixes the traffic whatever the machine's speed
 * @param mix workloads and weights
 * @param verdicts gate verdicts that must exist before the next phase begins; the phase waits for them in silence
 */
record Phase(String name, int prompts, List<IntakeStream.Share> mix, int verdicts) {}
