/**
 * Reading topics as any outside consumer would: committed records only, from the beginning, decided by nothing but what
 * stands in Kafka. Used by the demo's observer and by the commands that follow a topic; entry type
 * {@link dev.understudy.infra.topic.TopicReader}.
 */
@NullMarked
package dev.understudy.infra.topic;

import org.jspecify.annotations.NullMarked;
