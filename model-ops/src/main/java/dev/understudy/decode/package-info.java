/**
 * Decoding: a continuous batch of sequences on one or more student versions, the decision to ask the teacher for a
 * token, and what is recorded on the way. Stands between {@code teacher} and {@code signal}; a streaming host owns the
 * thread. Entry type {@link dev.understudy.decode.Decoder}.
 */
@NullMarked
package dev.understudy.decode;

import org.jspecify.annotations.NullMarked;
