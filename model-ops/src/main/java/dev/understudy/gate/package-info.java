/**
 * The decision whether a candidate may be published: paired figures of candidate and serving version on prompts that
 * were never trained on, four named rules, one verdict. Stands between distil and checkpoint; entry type
 * {@link dev.understudy.gate.Gate}.
 */
@NullMarked
package dev.understudy.gate;

import org.jspecify.annotations.NullMarked;
