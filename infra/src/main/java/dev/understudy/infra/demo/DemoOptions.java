package dev.understudy.infra.demo;

import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import java.nio.file.Path;

/**
 * What a demo runs with.
 *
 * @param story what arrives
 * @param cast who answers
 * @param work folder for everything that the run writes
 * @param port port of the embedded broker for other clients; 0 takes a free one
 * @param sabotage what is broken on purpose, to see the checks fail
 */
record DemoOptions(Story story, Cast cast, Path work, int port, Sabotage sabotage) {
    /**
     * What arrives.
     *
     * @param schedule phases of the traffic
     * @param seconds length of the traffic; the clock may take twice as long
     * @param seed seed of the traffic
     * @param alonePrompts fresh prompts a workload for the student alone
     */
    record Story(Schedule schedule, int seconds, long seed, int alonePrompts) {}

    /**
     * Who answers.
     *
     * @param student directory of the model that serves first
     * @param teacher directory of the teacher; ignored with the oracle
     * @param oracle whether the oracle answers instead of the teacher
     * @param asking how the student decides to ask
     */
    record Cast(Path student, Path teacher, boolean oracle, Asking asking) {
        /** The same, with another student at the start. */
        Cast startingWith(Path other) {
            return new Cast(other, teacher, oracle, asking);
        }
    }

    /** How the student decides to ask. */
    enum Asking {
        /** By its own confidence. */
        CONFIDENCE,
        /** By an ask head: one for the starting student, learnt before the traffic, and one a round. */
        ASK_TOKEN;

        AskPolicy policy() {
            return switch (this) {
                case CONFIDENCE -> new AskPolicy.Confidence();
                case ASK_TOKEN -> new AskPolicy.AskToken(Action.THRESHOLD);
            };
        }

        @Override
        public String toString() {
            return policy().name();
        }
    }

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

    /** The same, with another student at the start. */
    DemoOptions startingWith(Path student) {
        return new DemoOptions(story, cast.startingWith(student), work, port, sabotage);
    }
}
