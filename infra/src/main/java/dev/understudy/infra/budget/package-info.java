/**
 * Budgets as an operator sees them: what the control and usage topics say of caps, use, prices and agreement, and the
 * records that change them. For the command line; entry type {@link dev.understudy.infra.budget.BudgetBoard}.
 */
@NullMarked
package dev.understudy.infra.budget;

import org.jspecify.annotations.NullMarked;
