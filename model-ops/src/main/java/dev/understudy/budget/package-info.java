/**
 * How much teacher a tenant may use, kept under any failure: caps, cumulative grants and spends by shard, the
 * write-ahead reserve, prices. Entry types {@link dev.understudy.budget.HelpShard} (spends) and
 * {@link dev.understudy.budget.GrantBook} (grants).
 */
@NullMarked
package dev.understudy.budget;

import org.jspecify.annotations.NullMarked;
