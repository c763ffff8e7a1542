/**
 * What a caller asks for: the prompt, its identity, sampling and template. First stage of the flow; entry type
 * {@link dev.understudy.prompt.Prompt}.
 */
@NullMarked
package dev.understudy.prompt;

import org.jspecify.annotations.NullMarked;
