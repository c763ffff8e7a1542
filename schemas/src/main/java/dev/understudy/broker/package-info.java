/**
 * A Kafka broker inside this JVM for demos, drills and tests. Nothing else depends on it, and the server libraries it
 * needs are optional: whoever uses it names them. Entry type {@link dev.understudy.broker.EmbeddedBroker}.
 */
@NullMarked
package dev.understudy.broker;

import org.jspecify.annotations.NullMarked;
