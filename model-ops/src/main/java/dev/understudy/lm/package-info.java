/**
 * Language models as the rest of the product sees them: token ids in, scores of the next token out, with a cache
 * between. Nothing here knows which library computes. Used by every later stage; entry type
 * {@link dev.understudy.lm.LanguageModel}.
 */
@NullMarked
package dev.understudy.lm;

import org.jspecify.annotations.NullMarked;
