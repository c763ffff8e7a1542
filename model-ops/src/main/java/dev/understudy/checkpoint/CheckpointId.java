package dev.understudy.checkpoint;

import java.util.regex.Pattern;

/**
 * Name of a published model checkpoint; also its directory name, so it can never name a path outside the store.
 *
 * @param value 1 to 100 of {@code a-z 0-9 . _ -}, beginning with a letter or digit
 */
public record CheckpointId(String value) implements Comparable<CheckpointId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

    public CheckpointId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("Checkpoint id '" + value
                    + "' is not 1 to 100 of a-z 0-9 . _ - beginning with a letter or digit. Choose another id.");
        }
    }

    @Override
    public int compareTo(CheckpointId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
