/**
 * What the stages say to each other: the topics, their records and the bytes on the wire. The records themselves are
 * generated into one subpackage for each stage; entry types {@link dev.understudy.wire.Topics} and
 * {@link dev.understudy.wire.WireCodec}.
 */
@NullMarked
package dev.understudy.wire;

import org.jspecify.annotations.NullMarked;
