/**
 * What help costs: the price that a position's difficulty must exceed before the teacher is asked, set for each tenant
 * and workload so that a wanted quality, share, cost or delay is kept. Decoding reads
 * {@link dev.understudy.budget.price.PriceTable} and fills {@link dev.understudy.budget.price.WorkloadTallies}; the
 * ledger runs the entry type {@link dev.understudy.budget.price.PriceController}.
 */
@NullMarked
package dev.understudy.budget.price;

import org.jspecify.annotations.NullMarked;
