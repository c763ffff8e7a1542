/**
 * What help costs: the price that a position's difficulty must exceed before the teacher is asked, set for each tenant
 * and workload so that a quality target is kept with as few asks as possible. Decoding reads
 * {@link dev.understudy.budget.price.PriceTable} and fills {@link dev.understudy.budget.price.QualityTallies}; the
 * ledger runs the entry type {@link dev.understudy.budget.price.QualityController}.
 */
@NullMarked
package dev.understudy.budget.price;

import org.jspecify.annotations.NullMarked;
