/**
 * The accounts that keep a cap under any failure: cumulative grants and spends by virtual shard, and the write-ahead
 * reserve. Decoding asks here before every teacher call. Entry types {@link dev.understudy.budget.account.HelpShards}
 * (spends, one a subtask) and {@link dev.understudy.budget.account.GrantBook} (grants, one a job).
 */
@NullMarked
package dev.understudy.budget.account;

import org.jspecify.annotations.NullMarked;
