package dev.understudy.teacher;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.engine.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A teacher on the student's engine, with one thread of its own that the subtasks of a process share. It keeps the keys
 * and values of the sequences it saw last, so that an ask costs the tokens since the ask before; their distributions
 * come along. Owns model and cache, not the log.
 *
 * <p>The thread takes all looks that wait and serves them in up to three kinds of model call: one prefill for the new
 * sequences, one step for those that miss one token, and a block each for the others and for those with drafts.
 */
public final class LocalTeacher implements Teacher {
    /** Ids of a stored distribution. */
    public static final int TOP_K = 8;

    private final String version;
    private final LanguageModel model;
    private final KvCache cache;
    private final CallLog log;
    private final TeacherRates rates;
    private final Scores scores;
    private final DraftReading drafts;
    private final int context;
    private final BlockingQueue<Errand> queue = new LinkedBlockingQueue<>();
    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Integer> freeRows = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** What the thread does next: a look, news that a sequence is done, or the end (both absent). */
    private sealed interface Errand {
        record Answer(Look look, CompletableFuture<Reply> reply) implements Errand {}

        record Forget(String sequence) implements Errand {}

        record End() implements Errand {}
    }

    /** A cache row and the tokens that it holds. */
    private static final class Row {
        final int index;
        int[] ids = new int[0];

        Row(int index) {
            this.index = index;
        }
    }

    /** A look with its row, the tokens to feed, and how many distributions of the last ones are wanted. */
    private record Work(Errand.Answer errand, Row row, int[] all, int cached, int wanted) {
        int missing() {
            return all.length - cached;
        }

        int[] block() {
            return Arrays.copyOfRange(all, cached, all.length);
        }
    }

    /**
     * Takes over the model and starts the thread.
     *
     * @param rows sequences whose keys and values are kept, at least 1
     * @param rates what a call counts as in money
     */
    public LocalTeacher(String version, LanguageModel model, int rows, CallLog log, TeacherRates rates) {
        this.rates = rates;
        this.version = version;
        this.model = model;
        this.log = log;
        cache = model.newCache(rows);
        context = model.shape().context();
        scores = new Scores(Math.max(rows, context), TOP_K, 0);
        drafts = new DraftReading(model, cache);
        for (int row = rows - 1; row >= 0; row--) {
            freeRows.add(row);
        }
        thread = new Thread(this::run, "teacher-" + version);
        thread.setDaemon(true);
        thread.start();
    }

    /** Opens a Hugging Face directory with 64 rows; the version is the directory's name. */
    public static LocalTeacher open(Engine engine, Path directory, CallLog log, TeacherRates rates) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return new LocalTeacher(
                name == null ? "teacher" : name.toString(), engine.open(directory, Kernel.AUTO), 64, log, rates);
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public long worstCost(Look look) {
        return rates.worst(look);
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        queue.add(new Errand.Answer(look, reply));
        if (closed) {
            reply.completeExceptionally(new IllegalStateException(
                    "Teacher " + version + " is closed; call " + look.callId() + " is not made. Open it again."));
        }
        return reply;
    }

    @Override
    public void forget(String sequence) {
        queue.add(new Errand.Forget(sequence));
    }

    /** Ends the thread after the looks under way; waiting ones fail. */
    @Override
    public void close() {
        closed = true;
        queue.add(new Errand.End());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Errand> errands = new ArrayList<>();
        try (model;
                cache) {
            while (!closed) {
                errands.clear();
                errands.add(queue.take());
                queue.drainTo(errands);
                serve(errands);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            failWaiting();
        }
    }

    private void failWaiting() {
        IllegalStateException end = new IllegalStateException("Teacher " + version + " is closed. Open it again.");
        for (Errand errand = queue.poll(); errand != null; errand = queue.poll()) {
            if (errand instanceof Errand.Answer answer) {
                answer.reply().completeExceptionally(end);
            }
        }
    }

    /** Serves in order; a batch ends where a sequence comes again, is forgotten, or the rows are used up. */
    private void serve(List<Errand> errands) {
        List<Errand.Answer> batch = new ArrayList<>();
        Set<String> inBatch = new HashSet<>();
        for (Errand errand : errands) {
            if (errand instanceof Errand.Forget forget) {
                if (inBatch.contains(forget.sequence())) {
                    answer(batch);
                    batch.clear();
                    inBatch.clear();
                }
                release(forget.sequence());
            } else if (errand instanceof Errand.Answer answer && !answer.reply().isDone()) {
                if (inBatch.contains(answer.look().sequence()) || batch.size() == cache.rows()) {
                    answer(batch);
                    batch.clear();
                    inBatch.clear();
                }
                batch.add(answer);
                inBatch.add(answer.look().sequence());
            }
        }
        answer(batch);
    }

    private void answer(List<Errand.Answer> batch) {
        // Touched first, so that the row of a look of this batch is not the oldest one and given away for another.
        batch.forEach(answer -> rows.get(answer.look().sequence()));
        List<Work> fresh = new ArrayList<>();
        List<Work> single = new ArrayList<>();
        for (Errand.Answer errand : batch) {
            try {
                log.append(errand.look(), worstCost(errand.look()));
                if (errand.look().wanted() == 0) {
                    reply(errand, new Reply(List.of()), 0);
                    continue;
                }
                Work work = prepare(errand);
                if (errand.look().detailed() > 0) {
                    answerBlock(work);
                } else if (work.wanted() == 1 && work.cached() == 0) {
                    fresh.add(work);
                } else if (work.wanted() == 1 && work.missing() == 1) {
                    single.add(work);
                } else {
                    attempt(
                            List.of(work),
                            () -> model.extend(cache, work.row().index, work.block(), work.wanted(), scores));
                }
            } catch (RuntimeException e) {
                errand.reply().completeExceptionally(e);
            }
        }
        attempt(
                fresh,
                () -> model.prefill(
                        cache, rowsOf(fresh), fresh.stream().map(Work::block).toArray(int[][]::new), scores));
        attempt(
                single,
                () -> model.step(
                        cache,
                        rowsOf(single),
                        single.stream()
                                .mapToInt(work -> work.all()[work.cached()])
                                .toArray(),
                        single.size(),
                        scores));
    }

    private Work prepare(Errand.Answer errand) {
        Look look = errand.look();
        boolean ask = look.purpose() == LookPurpose.ASK;
        int prompt = look.promptIds().length;
        int written = look.completionIds().length;
        int length = prompt + written - (ask ? 0 : 1);
        int wanted = look.wanted();
        if (length > context) {
            throw new IllegalArgumentException("Teacher " + version + " cannot look at " + look.sequence() + ": "
                    + length + " tokens do not fit into its context of " + context
                    + ". Lower the prompt's max tokens, or take a teacher with a longer context.");
        }
        int[] all = Arrays.copyOf(look.promptIds(), length);
        System.arraycopy(look.completionIds(), 0, all, prompt, length - prompt);
        Row row = rowFor(look.sequence());
        // The distribution at completion position p is made by feeding the token before it, so the row may keep
        // only what lies before the first token that has to be fed again.
        int keep = Math.min(commonPrefix(row.ids, all), Math.max(0, length - wanted));
        cache.truncate(row.index, keep);
        row.ids = Arrays.copyOf(all, keep);
        return new Work(errand, row, all, keep, wanted);
    }

    private static int commonPrefix(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The positions before the drafts are told as usual, those of the drafts in the detail that is wanted. */
    private void answerBlock(Work work) {
        Look look = work.errand().look();
        int detailed = look.detailed();
        int plain = work.wanted() - detailed;
        int row = work.row().index;
        int[] block = work.block();
        int split = block.length - detailed;
        try {
            List<TeacherDistribution> laws = new ArrayList<>(work.wanted());
            if (split > 0) {
                model.extend(cache, row, Arrays.copyOf(block, split), Math.max(1, plain), scores);
            }
            for (int i = 0; i < plain; i++) {
                laws.add(law(i));
            }
            Reply reply = drafts.read(row, Arrays.copyOfRange(block, split, block.length), look, laws);
            work.row().ids = work.all();
            reply(work.errand(), reply, work.missing());
        } catch (RuntimeException e) {
            fail(work, e);
        }
    }

    /** Only the tokens that were fed are charged. */
    private void reply(Errand.Answer errand, Reply reply, int read) {
        Look look = errand.look();
        long real = rates.cost(read, look.purpose().writes() ? 1 : 0);
        log.settle(look, worstCost(look), real);
        errand.reply().complete(reply.costing(real));
    }

    private void fail(Work work, RuntimeException e) {
        cache.truncate(work.row().index, 0);
        work.row().ids = new int[0];
        work.errand().reply().completeExceptionally(e);
    }

    private void attempt(List<Work> works, Runnable call) {
        if (works.isEmpty()) {
            return;
        }
        try {
            call.run();
            int entry = 0;
            for (Work work : works) {
                work.row().ids = work.all();
                List<TeacherDistribution> laws = new ArrayList<>(work.wanted());
                for (int i = 0; i < work.wanted(); i++) {
                    laws.add(law(entry++));
                }
                reply(work.errand(), new Reply(laws), work.missing());
            }
        } catch (RuntimeException e) {
            works.forEach(work -> fail(work, e));
        }
    }

    private TeacherDistribution law(int entry) {
        return law(scores, entry);
    }

    static TeacherDistribution law(Scores scores, int entry) {
        int from = entry * scores.topK();
        return new TeacherDistribution(
                Arrays.copyOfRange(scores.topIds, from, from + scores.topK()),
                Arrays.copyOfRange(scores.topLogProbabilities, from, from + scores.topK()));
    }

    private static int[] rowsOf(List<Work> works) {
        return works.stream().mapToInt(work -> work.row().index).toArray();
    }

    private Row rowFor(String sequence) {
        Row known = rows.get(sequence);
        if (known != null) {
            return known;
        }
        if (freeRows.isEmpty()) {
            Iterator<String> oldest = rows.keySet().iterator();
            release(oldest.next());
        }
        Row row = new Row(freeRows.remove(freeRows.size() - 1));
        rows.put(sequence, row);
        return row;
    }

    private void release(String sequence) {
        Row row = rows.remove(sequence);
        if (row != null) {
            cache.truncate(row.index, 0);
            freeRows.add(row.index);
        }
    }
}
