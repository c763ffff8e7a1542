/**
 * Prompts on their way in: a source that admits records only while decode rows are free, and the checks that turn bytes
 * into a prompt or a rejection. Feeds {@code flink.decode}, chained to it; entry type
 * {@link dev.understudy.flink.prompt.GatedSource}.
 */
@NullMarked
package dev.understudy.flink.prompt;

import org.jspecify.annotations.NullMarked;
