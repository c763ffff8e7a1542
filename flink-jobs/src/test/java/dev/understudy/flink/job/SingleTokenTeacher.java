package dev.understudy.flink.job;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A deterministic teacher that is certain of every token. Counts its calls in its own log and answers on a thread. */
final class SingleTokenTeacher implements Teacher {
    private final CallLog log;
    private final Function<Look, int[]> says;
    private final AutoCloseable behind;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "test-teacher");
        made.setDaemon(true);
        return made;
    });

    /**
     * @param log closed with the teacher
     * @param says the tokens that follow the look's prompt and its first 0, 1, ... completion tokens; called on the
     *     teacher's thread
     * @param behind what {@code says} needs; closed with the teacher
     */
    SingleTokenTeacher(CallLog log, Function<Look, int[]> says, AutoCloseable behind) {
        this.log = log;
        this.says = says;
        this.behind = behind;
    }

    static CallLog log(String file) {
        return new CallLog(Path.of(file), Clock.tickMillis(ZoneOffset.UTC));
    }

    @Override
    public String version() {
        return "single-token";
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        log.append(look);
        return CompletableFuture.supplyAsync(() -> reply(look, says.apply(look)), thread);
    }

    private static Reply reply(Look look, int[] tokens) {
        return new Reply(Arrays.stream(tokens, look.knownThrough(), look.knownThrough() + look.wanted())
                .mapToObj(token -> new TeacherDistribution(new int[] {token}, new float[] {0}))
                .toList());
    }

    @Override
    public void forget(String sequence) {}

    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
            behind.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            log.close();
        }
    }
}
