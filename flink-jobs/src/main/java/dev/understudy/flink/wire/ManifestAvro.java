package dev.understudy.flink.wire;

import dev.understudy.checkpoint.CheckpointFile;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.OffsetRange;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probe;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Manifests as they cross Kafka. The wire calls a probe's figures logits; this product fills in log-probabilities,
 * which are logits too (normalised ones), so that both sides may compare them.
 */
public final class ManifestAvro {
    private ManifestAvro() {}

    /**
     * The announcement of a published checkpoint.
     *
     * @param directory where its files stand
     */
    public static CheckpointPublished fromDomain(CheckpointManifest manifest, URI directory) {
        Contents contents = manifest.contents();
        Origin origin = manifest.origin();
        CheckpointId parent = origin.parent();
        return CheckpointPublished.newBuilder()
                .setId(manifest.id().value())
                .setParent(parent == null ? null : parent.value())
                .setUri(directory.toString())
                .setFiles(contents.files().stream().map(ManifestAvro::file).toList())
                .setVocabularyFingerprint(contents.vocabularyFingerprint())
                .setTemplateHash(contents.templateHash())
                .setProbes(contents.probes().stream().map(ManifestAvro::probe).toList())
                .setVerdict(origin.verdict())
                .setProvenance(
                        origin.trainedOn().stream().map(ManifestAvro::range).toList())
                .setSettings(origin.settings())
                .setCodeVersion(origin.codeVersion())
                .setCreatedAt(origin.createdAt())
                .build();
    }

    /**
     * The manifest in an announcement.
     *
     * @throws IllegalArgumentException when its id could not be a directory of a store
     */
    public static CheckpointManifest toDomain(CheckpointPublished record) {
        String parent = record.getParent();
        return new CheckpointManifest(
                new CheckpointId(record.getId()),
                new Contents(
                        record.getFiles().stream()
                                .map(file -> new CheckpointFile(file.getPath(), file.getSha256(), file.getSize()))
                                .toList(),
                        record.getVocabularyFingerprint(),
                        record.getTemplateHash(),
                        record.getProbes().stream().map(ManifestAvro::probe).toList()),
                new Origin(
                        parent == null ? null : new CheckpointId(parent),
                        record.getVerdict(),
                        record.getProvenance().stream()
                                .map(range -> new OffsetRange(
                                        range.getTopic(),
                                        range.getPartition(),
                                        range.getFromOffset(),
                                        range.getUntilOffset()))
                                .toList(),
                        record.getSettings(),
                        record.getCodeVersion(),
                        record.getCreatedAt()));
    }

    private static dev.understudy.wire.checkpoint.CheckpointFile file(CheckpointFile file) {
        return new dev.understudy.wire.checkpoint.CheckpointFile(file.path(), file.sha256(), file.size());
    }

    private static dev.understudy.wire.checkpoint.OffsetRange range(OffsetRange range) {
        return new dev.understudy.wire.checkpoint.OffsetRange(
                range.topic(), range.partition(), range.from(), range.until());
    }

    private static dev.understudy.wire.checkpoint.Probe probe(Probe probe) {
        List<Float> figures = new ArrayList<>();
        for (float figure : probe.topLogProbabilities()) {
            figures.add(figure);
        }
        return new dev.understudy.wire.checkpoint.Probe(
                IntStream.of(probe.promptIds()).boxed().toList(),
                IntStream.of(probe.topIds()).boxed().toList(),
                figures);
    }

    private static Probe probe(dev.understudy.wire.checkpoint.Probe probe) {
        float[] figures = new float[probe.getTopLogits().size()];
        for (int k = 0; k < figures.length; k++) {
            figures[k] = probe.getTopLogits().get(k);
        }
        return new Probe(ints(probe.getPromptIds()), ints(probe.getTopIds()), figures);
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
