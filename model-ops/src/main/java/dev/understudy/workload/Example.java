package dev.understudy.workload;

/**
 * One prompt with its only right answer.
 *
 * @param workload kind of line
 * @param prompt header and messy text
 * @param answer minified JSON, keys in a fixed order, without the end token
 */
public record Example(Workload workload, String prompt, String answer) {}
