package dev.understudy.infra.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * One side's turn: its speed, and what its decoding thread and the rest of this process took of the processor.
 *
 * @param tokensPerSecond between the first and the last tenth of its finishes
 * @param tokensPerCpuSecond of the decoding thread, which a busy machine changes little
 * @param onCpu part of the time that the decoding thread is on a processor, the first of these figures over the second;
 *     the rest is waiting, for a processor that others use, for prompts or for Kafka
 * @param beside processor time of all other threads of the process over that of the decoding thread: broker, Flink, the
 *     JVM's compiler and collector
 */
public record Turn(double tokensPerSecond, double tokensPerCpuSecond, double onCpu, double beside) {

    /** Clocks at the start of a turn. Owned by one thread. */
    static final class Start {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private final String decoding;
        private final long process = process();
        private final long thread;

        /**
         * Starts the clocks.
         *
         * @param decoding how the name of the decoding thread begins
         */
        Start(String decoding) {
            this.decoding = decoding;
            thread = thread(decoding);
        }

        /** The turn that ends now. */
        Turn end(Finishes finishes) {
            double decode = thread(decoding) - thread;
            double all = process() - process;
            double speed = finishes.tokensPerSecond();
            double perCpu = finishes.tokens() * 1e9 / decode;
            return new Turn(speed, perCpu, speed / perCpu, Math.max(0, all - decode) / decode);
        }

        private static long process() {
            return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                    .getProcessCpuTime();
        }

        private static long thread(String prefix) {
            long nanos = 0;
            for (ThreadInfo one : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
                if (one != null && one.getThreadName().startsWith(prefix)) {
                    nanos += Math.max(0, THREADS.getThreadCpuTime(one.getThreadId()));
                }
            }
            return nanos;
        }
    }
}
