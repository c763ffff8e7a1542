package dev.understudy.decode;

import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.lm.ScriptedLanguageModel.Script;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A teacher that follows a script and answers at once, when told to, or never. */
final class FakeTeacher implements Teacher {
    final List<Look> looks = new ArrayList<>();
    final List<String> forgotten = new ArrayList<>();
    boolean holds;
    boolean down;
    long worstCost;
    long realCost = Reply.WORST;
    private final Function<int[], TeacherDistribution> laws;
    private final int vocabulary;
    private final Queue<Runnable> held = new ArrayDeque<>();

    FakeTeacher(Script script) {
        this(Stage.V, tokens -> {
            Law law = script.after(tokens);
            return new TeacherDistribution(new int[] {law.argmax()}, new float[] {(float) Math.log(law.confidence())});
        });
    }

    /** @param laws of the token that follows; what they leave out has equal parts of the rest */
    FakeTeacher(int vocabulary, Function<int[], TeacherDistribution> laws) {
        this.vocabulary = vocabulary;
        this.laws = laws;
    }

    @Override
    public String version() {
        return "teacher-1";
    }

    @Override
    public long worstCost(Look look) {
        return worstCost;
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        looks.add(look);
        if (down) {
            return CompletableFuture.failedFuture(new IllegalStateException("down"));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        if (holds) {
            held.add(() -> reply.complete(reply(look)));
        } else {
            reply.complete(reply(look));
        }
        return reply;
    }

    /** Answers what was held back. */
    void answer() {
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    long count(LookPurpose purpose) {
        return looks.stream().filter(look -> look.purpose() == purpose).count();
    }

    long tokens() {
        return looks.stream().mapToLong(Look::tokens).sum();
    }

    private Reply reply(Look look) {
        List<TeacherDistribution> told = new ArrayList<>();
        for (int i = 0; i < look.wanted(); i++) {
            int position = look.knownThrough() + i;
            int[] tokens = Arrays.copyOf(look.promptIds(), look.promptIds().length + position);
            System.arraycopy(look.completionIds(), 0, tokens, look.promptIds().length, position);
            told.add(laws.apply(tokens));
        }
        return Reply.withDetails(look, told, this::whole).costing(realCost);
    }

    private float[] whole(TeacherDistribution top) {
        float[] law = new float[vocabulary];
        Arrays.fill(law, (float) Math.log(top.tailMass() / Math.max(1, vocabulary - top.ids().length)));
        for (int k = 0; k < top.ids().length; k++) {
            law[top.ids()[k]] = top.logProbabilities()[k];
        }
        return law;
    }

    @Override
    public void forget(String sequence) {
        forgotten.add(sequence);
    }

    @Override
    public void close() {}
}
