package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;
import java.util.Set;

/**
 * Which checkpoint should serve.
 *
 * @param sequence number given by the assigner; the largest wins, whatever the order of arrival
 * @param version checkpoint that should serve
 * @param blocked checkpoints that must never serve
 */
public record Assignment(long sequence, CheckpointId version, Set<CheckpointId> blocked) {
    public Assignment {
        blocked = Set.copyOf(blocked);
    }
}
