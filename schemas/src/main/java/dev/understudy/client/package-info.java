/**
 * For programs that talk to a pipeline without Flink: send prompts, receive completions. Uses the records and topics of
 * {@link dev.understudy.wire}; entry type {@link dev.understudy.client.PromptClient}.
 */
@NullMarked
package dev.understudy.client;

import org.jspecify.annotations.NullMarked;
