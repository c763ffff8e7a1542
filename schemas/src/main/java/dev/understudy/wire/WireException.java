package dev.understudy.wire;

import java.io.IOException;

/** Bytes that are not the expected record, or a record that cannot become bytes. The message names the remedy. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the bytes; {@link #code()} is stable and safe to store. */
    public enum Fault {
        /** More bytes than the codec accepts. */
        TOO_LARGE("record-too-large"),
        /** No single-object marker in front: not one of our records. */
        FOREIGN("not-single-object"),
        /** Our marker, but a schema that this program does not know. */
        UNKNOWN_SCHEMA("unknown-schema"),
        /** A known schema, but a body that ends early, goes on too long or breaks the schema. */
        CORRUPT("corrupt-record"),
        /** A record that violates its own schema and was not encoded. */
        INVALID("invalid-record");

        private final String code;

        Fault(String code) {
            this.code = code;
        }

        /** Lower-case code with hyphens. */
        public String code() {
            return code;
        }
    }

    private final Fault fault;

    WireException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    WireException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    /** What is wrong. */
    public Fault fault() {
        return fault;
    }
}
