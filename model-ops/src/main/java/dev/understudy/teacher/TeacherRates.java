package dev.understudy.teacher;

import java.io.Serializable;

/**
 * What a teacher charges, in micro-dollars, each at least 0.
 *
 * @param call for each request
 * @param thousandRead for a thousand tokens that it reads
 * @param thousandWritten for a thousand tokens that it writes
 */
public record TeacherRates(long call, long thousandRead, long thousandWritten) implements Serializable {
    /** A teacher of one's own. */
    public static final TeacherRates FREE = new TeacherRates(0, 0, 0);

    private static final long THOUSAND = 1_000;

    public TeacherRates {
        if (call < 0 || thousandRead < 0 || thousandWritten < 0) {
            throw new IllegalArgumentException("teacher.micro-dollars are " + call + ", " + thousandRead + " and "
                    + thousandWritten + "; expected at least 0. Correct the teacher's rates.");
        }
    }

    /** Micro-dollars for one call, rounded up. */
    public long cost(long read, long written) {
        return call - Math.floorDiv(-(read * thousandRead + written * thousandWritten), THOUSAND);
    }

    /** The most that a look can cost: nothing of it is cached. */
    public long worst(Look look) {
        return cost(
                look.promptIds().length + (long) look.completionIds().length,
                look.purpose().writes() ? 1 : 0);
    }
}
