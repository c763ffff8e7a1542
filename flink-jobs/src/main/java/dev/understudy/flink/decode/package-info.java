/**
 * Decoding inside a Flink task: the operator whose steps are mailbox mails, the state of sequences in flight, and the
 * teachers shared by the subtasks of a process. Follows {@code flink.prompt}, chained to it; entry type
 * {@link dev.understudy.flink.decode.DecodeOperator}.
 */
@NullMarked
package dev.understudy.flink.decode;

import org.jspecify.annotations.NullMarked;
