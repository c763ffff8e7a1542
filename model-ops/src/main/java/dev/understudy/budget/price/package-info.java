/**
 * What help costs: the price that the difficulty of a position must exceed before the teacher is asked, one for each
 * tenant and workload, and the scales of both. Decoding reads the entry type
 * {@link dev.understudy.budget.price.PriceTable}; {@code budget.control} sets it.
 */
@NullMarked
package dev.understudy.budget.price;

import org.jspecify.annotations.NullMarked;
