/**
 * How much teacher a tenant may use, kept under any failure: caps, cumulative grants and spends by virtual shard, the
 * write-ahead reserve. Decoding asks here before every teacher call. Entry types
 * {@link dev.understudy.budget.HelpShards} (spends, one a subtask) and {@link dev.understudy.budget.GrantBook} (grants,
 * one a job).
 */
@NullMarked
package dev.understudy.budget;

import org.jspecify.annotations.NullMarked;
