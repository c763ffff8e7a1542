package dev.understudy.distil.divergence;

/** Sums that the divergences share, with 0 ln 0 = 0. */
final class LawMixture {
    private LawMixture() {}

    /** KL(a || s p + (1 - s) q) in nats, where a is p or q. */
    static double kl(double[] of, double[] teacher, double[] student, double teacherShare) {
        if (of.length != teacher.length || of.length != student.length) {
            throw new IllegalArgumentException("[BUG] laws over " + teacher.length + " and " + student.length + " ids");
        }
        double sum = 0;
        for (int v = 0; v < of.length; v++) {
            if (of[v] > 0) {
                sum += of[v] * Math.log(of[v] / at(teacher[v], student[v], teacherShare));
            }
        }
        return sum;
    }

    /** s p + (1 - s) q. */
    static double at(double teacher, double student, double teacherShare) {
        return teacherShare * teacher + (1 - teacherShare) * student;
    }
}
