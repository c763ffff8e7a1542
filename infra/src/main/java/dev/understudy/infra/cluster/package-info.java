/**
 * A Flink cluster inside this process, for the demo, the benches and single-machine use. Neighbour of the job graphs,
 * which know nothing of it; entry type {@link dev.understudy.infra.cluster.EmbeddedCluster}.
 */
@NullMarked
package dev.understudy.infra.cluster;

import org.jspecify.annotations.NullMarked;
