/**
 * How a command says that it cannot go on: {@link dev.understudy.infra.exit.UsageException} for what was asked (exit
 * code 2), {@link dev.understudy.infra.exit.FailureException} for what happened (exit code 1). {@code cli} prints them.
 */
@NullMarked
package dev.understudy.infra.exit;

import org.jspecify.annotations.NullMarked;
