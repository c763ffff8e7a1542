package dev.understudy.checkpoint;

import java.util.regex.Pattern;

/**
 * One file of a checkpoint.
 *
 * @param path name inside the checkpoint directory, no folders
 * @param sha256 of the content, lower-case hexadecimal
 * @param size in bytes
 */
public record CheckpointFile(String path, String sha256, long size) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /** Formats that run code when they are opened. */
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|pkl|pickle|ckpt|joblib)");

    public CheckpointFile {
        if (!NAME.matcher(path).matches() || path.equals(CheckpointManifest.FILE_NAME)) {
            throw new CheckpointRejectedException("Checkpoint file '" + path + "' is not a plain file name of letters,"
                    + " digits, dot, underscore and dash. Export the checkpoint flat.");
        }
        if (PICKLE.matcher(path).matches()) {
            throw new CheckpointRejectedException("Checkpoint file '" + path
                    + "' is of a kind that may run code when opened. Export the weights as safetensors.");
        }
        if (!SHA256.matcher(sha256).matches() || size < 0) {
            throw new CheckpointRejectedException("Checkpoint file '" + path + "' has sha256 '" + sha256 + "' and size "
                    + size + "; expected 64 hexadecimal digits and at least 0. Publish the checkpoint again.");
        }
    }
}
