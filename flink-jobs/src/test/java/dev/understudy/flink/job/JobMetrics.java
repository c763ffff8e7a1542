package dev.understudy.flink.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** The metrics of a job as a cluster's REST interface shows them. */
final class JobMetrics {
    private JobMetrics() {}

    /** Names of our metrics in all vertices, {@code stage.name}; labels are left out. */
    static Set<String> names(MiniCluster cluster, JobID job) throws Exception {
        Set<String> names = new TreeSet<>();
        HttpClient http = HttpClient.newHttpClient();
        for (AccessExecutionJobVertex vertex :
                cluster.getExecutionGraph(job).get().getVerticesTopologically()) {
            URI uri = cluster.getRestAddress()
                    .get()
                    .resolve("/jobs/" + job + "/vertices/" + vertex.getJobVertexId() + "/subtasks/metrics");
            String body = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            for (JsonNode metric : new ObjectMapper().readTree(body)) {
                String[] parts = metric.get("id").asText().split("\\.", -1);
                if (parts.length > 2) {
                    // operator.stage.name, or operator.stage.label.value.name
                    names.add(parts[1] + "." + parts[parts.length - 1]);
                }
            }
        }
        return names;
    }
}
