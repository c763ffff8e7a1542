package dev.understudy.workload.toy;

/**
 * A student of limited capacity on a {@link ToyTree}: its own law is given and only asking can be learnt. Arrays are
 * not copied; nobody modifies them.
 *
 * @param tree the world and its teacher
 * @param own [40, 3] own probabilities
 */
record ToyStudent(ToyTree tree, double[][] own) {
    private static final double FIRM = 0.15;

    /** Half blind on the hard states of the reference toy, perfect elsewhere. */
    static ToyStudent limited(ToyTree tree) {
        double[][] own = new double[ToyTree.STATES][];
        for (int state = 0; state < ToyTree.STATES; state++) {
            own[state] = ToyTree.isHard(state) ? flat(tree, state) : teacher(tree, state);
        }
        return new ToyStudent(tree, own);
    }

    /** A random tree; a fifth of its states flat, a fifth confidently wrong, the rest perfect. */
    static ToyStudent random(ToyStream stream) {
        ToyTree tree = ToyTree.random(stream);
        double[] kinds = stream.uniforms(ToyTree.STATES);
        double[][] own = new double[ToyTree.STATES][];
        for (int state = 0; state < ToyTree.STATES; state++) {
            own[state] = kinds[state] < 0.2
                    ? flat(tree, state)
                    : kinds[state] < 0.4 ? confidentlyWrong(tree, state) : teacher(tree, state);
        }
        return new ToyStudent(tree, own);
    }

    /** KL(own || teacher) of a state, in nats. */
    double divergence(int state) {
        double sum = 0;
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            sum += own[state][a] * (Math.log(own[state][a]) - tree.logTeacher(state)[a]);
        }
        return sum;
    }

    private static double[] teacher(ToyTree tree, int state) {
        double[] law = new double[ToyTree.TOKENS];
        for (int a = 0; a < law.length; a++) {
            law[a] = tree.teacher(state, a);
        }
        return law;
    }

    private static double[] flat(ToyTree tree, int state) {
        double[] law = teacher(tree, state);
        for (int a = 0; a < law.length; a++) {
            law[a] = FIRM * law[a] + (1 - FIRM) / ToyTree.TOKENS;
        }
        return law;
    }

    private static double[] confidentlyWrong(ToyTree tree, int state) {
        double[] law = teacher(tree, state);
        int worst = 0;
        for (int a = 1; a < law.length; a++) {
            worst = law[a] < law[worst] ? a : worst;
        }
        for (int a = 0; a < law.length; a++) {
            law[a] = FIRM * law[a] + (a == worst ? 1 - FIRM : 0);
        }
        return law;
    }
}
