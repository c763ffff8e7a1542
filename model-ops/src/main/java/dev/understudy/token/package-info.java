/**
 * Text to token ids and back: the tokenizer seam, vocabularies and their fingerprint, and training of byte-level BPE.
 * Stands before every model; entry type {@link dev.understudy.token.Tokenizer}.
 */
@NullMarked
package dev.understudy.token;

import org.jspecify.annotations.NullMarked;
