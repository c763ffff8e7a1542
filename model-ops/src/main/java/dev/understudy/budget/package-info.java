/**
 * What an operator lets a tenant use of the teacher: caps in tokens, calls and micro-dollars for a window, targets, and
 * what happens when they are used up. {@code budget.account} keeps the caps under any failure, {@code budget.control}
 * aims at the targets. Entry type {@link dev.understudy.budget.BudgetConfig}.
 */
@NullMarked
package dev.understudy.budget;

import org.jspecify.annotations.NullMarked;
