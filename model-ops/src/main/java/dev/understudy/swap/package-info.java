/**
 * How a decoder moves from one model checkpoint to the next without ever being unserved: a pure state machine that
 * turns events into actions. Last stage of the flow; entry type {@link dev.understudy.swap.SwapProtocol}.
 */
@NullMarked
package dev.understudy.swap;

import org.jspecify.annotations.NullMarked;
