package dev.understudy.budget.account;

/**
 * Names the records that one owner of a shard wrote about one counter. Each owner writes under a name of its own: on a
 * compacted topic a replaced owner's late record would else wipe out a higher reserve of its successor.
 *
 * @param counter what the records are about
 * @param ownerEpoch who wrote them
 */
public record Written(HelpCounter counter, long ownerEpoch) {}
