/**
 * Budgets in Flink: the spending side inside a decoding subtask and the ledger that grants, outside the decode chain.
 * They meet in the usage and control topics only. Between {@code flink.wire} and {@code flink.decode}; entry types
 * {@link dev.understudy.flink.budget.SubtaskHelp} and {@link dev.understudy.flink.budget.BudgetLedgerOperator}.
 */
@NullMarked
package dev.understudy.flink.budget;

import org.jspecify.annotations.NullMarked;
