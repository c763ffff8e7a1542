package dev.understudy.infra.demo;

import java.nio.file.Path;

/**
 * What a demo runs with.
 *
 * @param schedule its story
 * @param seconds length of the traffic; the clock may take twice as long
 * @param seed seed of the traffic
 * @param student directory of the model that serves first
 * @param teacher directory of the teacher; ignored with the oracle
 * @param oracle whether the oracle answers instead of the teacher
 * @param work folder for everything that the run writes
 * @param port port of the embedded broker for other clients; 0 takes a free one
 * @param alonePrompts fresh prompts a workload for the student alone
 * @param sabotage what is broken on purpose, to see the checks fail
 */
record DemoOptions(
        Schedule schedule,
        int seconds,
        long seed,
        Path student,
        Path teacher,
        boolean oracle,
        Path work,
        int port,
        int alonePrompts,
        Sabotage sabotage) {
    /** Ways to break the loop; only tests use another value than {@link #NONE}. */
    enum Sabotage {
        NONE,
        /** Rounds run and change nothing. */
        NO_TRAINING,
        /** The student never asks and nothing is audited. */
        NO_ASKING,
        /** The serving job looks for checkpoints where there are none. */
        SWAP_IGNORED
    }
}
