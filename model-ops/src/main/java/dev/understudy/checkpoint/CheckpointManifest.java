package dev.understudy.checkpoint;

/**
 * The certificate of a published checkpoint, kept as {@code manifest.json} in its directory.
 *
 * @param id its name
 * @param contents files and proof
 * @param origin parent, verdict, data and code
 */
public record CheckpointManifest(CheckpointId id, Contents contents, Origin origin) {
    /** Canonical JSON: same manifest, same bytes. */
    public String toJson() {
        throw new UnsupportedOperationException();
    }

    /** @throws CheckpointRejectedException when a field is missing, unknown or malformed */
    public static CheckpointManifest fromJson(String json) {
        throw new UnsupportedOperationException();
    }
}
