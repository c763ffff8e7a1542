package dev.understudy.signal;

/** Who wrote a token. */
public enum Author {
    STUDENT,
    TEACHER
}
