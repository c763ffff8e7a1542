/**
 * The demo: real broker, real cluster, real models, drifting traffic, an observer that counts from the topics, and the
 * checks that its report must pass. Entry type {@link dev.understudy.infra.demo.DemoRun}.
 */
@NullMarked
package dev.understudy.infra.demo;

import org.jspecify.annotations.NullMarked;
