package dev.understudy.flink.prompt;

/** Why a prompt was rejected; the name is the error code on the wire and never changes its meaning. */
public enum RejectionReason {
    /** The bytes are no prompt record. */
    UNREADABLE,
    /** The id is blank or too long. */
    BAD_ID,
    /** No budget is configured for the tenant. */
    UNKNOWN_TENANT,
    /** The workload's name is blank or too long. */
    BAD_WORKLOAD,
    /** Neither text nor token ids, or both. */
    NO_TEXT,
    /** A token id is outside the vocabulary. */
    BAD_TOKEN,
    /** Prompt and completion do not fit into the model's context. */
    TOO_LONG,
    /** A sampling figure is outside its range. */
    BAD_SAMPLING,
    /** The model's chat template refuses the text. */
    BAD_CHAT
}
