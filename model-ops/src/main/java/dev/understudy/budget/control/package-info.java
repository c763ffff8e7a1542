/**
 * Moves prices so that a wanted quality, share, cost or delay is kept while the traffic changes. Decoding fills
 * {@link dev.understudy.budget.control.WorkloadTallies}; the ledger runs the entry type
 * {@link dev.understudy.budget.control.PriceController}.
 */
@NullMarked
package dev.understudy.budget.control;

import org.jspecify.annotations.NullMarked;
