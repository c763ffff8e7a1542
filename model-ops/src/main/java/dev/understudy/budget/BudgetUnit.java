package dev.understudy.budget;

/** What is counted: each unit has its own cap and its own counters. */
public enum BudgetUnit {
    /** Tokens the teacher wrote or, in an audit, read. */
    TOKENS,
    /** Requests sent to the teacher, retries included. */
    CALLS,
    /** What the calls cost, in millionths of a dollar: the worst case is reserved, the real cost settled. */
    MICRO_DOLLARS
}
