package dev.understudy.gate;

/**
 * One rule's part in a verdict.
 *
 * @param rule which rule
 * @param bound what the value was held against, in the unit of the value
 * @param value the worst figure found
 * @param passed whether the rule is content
 * @param detail workload and figures in one sentence
 */
public record RuleOutcome(GateRule rule, double bound, double value, boolean passed, String detail) {}
