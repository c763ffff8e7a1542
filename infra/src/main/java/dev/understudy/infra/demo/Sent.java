package dev.understudy.infra.demo;

/**
 * What the sender knows of a prompt; the gold answer comes from the inverse parser, not from the generator's
 * derivation.
 *
 * @param phase index of the schedule's phase
 */
record Sent(String id, int phase, String tenant, String workload, String text, String gold) {}
