/**
 * What a model directory is worth on pairs of prompt and completion: decoded as it would serve, scored against the
 * pairs and against a teacher. Stands beside {@code infra.bench}; the command line calls it. Entry type
 * {@link dev.understudy.infra.eval.Evaluator}.
 */
@NullMarked
package dev.understudy.infra.eval;

import org.jspecify.annotations.NullMarked;
