package dev.understudy.decode;

/** Why a completion ended. */
public enum StopReason {
    /** The model's end token. */
    END,
    /** One of the prompt's stop ids. */
    STOP_ID,
    /** One of the prompt's stop texts. */
    STOP_TEXT,
    /** The prompt's largest number of tokens. */
    MAX_TOKENS,
    /** The model's context is full. */
    CONTEXT,
    /** Help was wanted, the cap is used up, and the tenant wants no text without it. */
    HELP_EXHAUSTED
}
