package dev.understudy.infra.demo;

/**
 * What the observer keeps of a completion.
 *
 * @param outputTokens tokens of the completion, the end token included
 * @param teacherTokens of these, written by the teacher
 */
record Seen(
        Sent prompt,
        boolean exact,
        int outputTokens,
        int teacherTokens,
        boolean bothAuthors,
        boolean exhausted,
        boolean resumed,
        String version) {}
