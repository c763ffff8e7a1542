package dev.understudy.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;

/**
 * The command line, which sends itself SIGTERM the moment that its main thread is inside a native method below a class.
 * Arguments: the method, the class, and what the command line is given.
 */
final class SelfSignalled {
    private SelfSignalled() {}

    public static void main(String[] arguments) {
        Thread main = Thread.currentThread();
        Thread watcher = new Thread(() -> watch(main, arguments[0], arguments[1]), "watcher");
        watcher.setDaemon(true);
        watcher.start();
        Understudy.main(Arrays.copyOfRange(arguments, 2, arguments.length));
    }

    private static void watch(Thread thread, String method, String below) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> isInside(thread.getStackTrace(), method, below));
        try {
            new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isInside(StackTraceElement[] stack, String method, String below) {
        return stack.length > 0
                && stack[0].isNativeMethod()
                && stack[0].getMethodName().equals(method)
                && Arrays.stream(stack).anyMatch(frame -> frame.getClassName().equals(below));
    }
}
