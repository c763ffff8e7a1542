/**
 * The frontier of asking: exact match against what the teacher was paid, for every policy on the same student, teacher
 * and prompts, in the situations of production. Entry type {@link dev.understudy.infra.bench.frontier.FrontierBench}.
 */
@NullMarked
package dev.understudy.infra.bench.frontier;

import org.jspecify.annotations.NullMarked;
