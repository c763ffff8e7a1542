/**
 * What-if from recorded signals: what another price, policy or student version would have used and how often it would
 * have agreed with the teacher, and where the records cannot know. Behind the gate's bootstrap in the flow; entry type
 * {@link dev.understudy.gate.replay.Replay}.
 */
@NullMarked
package dev.understudy.gate.replay;

import org.jspecify.annotations.NullMarked;
