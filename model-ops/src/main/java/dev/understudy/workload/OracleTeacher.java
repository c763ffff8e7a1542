package dev.understudy.workload;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import dev.understudy.token.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A teacher that knows every answer, because it reads the prompt by {@link InverseParser}: for tests and measurements
 * in which the teacher's own quality must play no part. After a wrong prefix it still says the right answer's token of
 * the same position. Deterministic and thread safe; the tokenizer and the log stay the caller's.
 */
public final class OracleTeacher implements Teacher {
    /** Probability left for all other tokens. */
    private static final double DOUBT = 0.01;

    private final Tokenizer tokenizer;
    private final CallLog log;
    private final InverseParser parser = new InverseParser();

    /**
     * @param tokenizer of the demo's vocabulary
     * @param log takes every look before it is answered
     */
    public OracleTeacher(Tokenizer tokenizer, CallLog log) {
        this.tokenizer = tokenizer;
        this.log = log;
    }

    @Override
    public String version() {
        return "oracle";
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        log.append(look);
        try {
            return CompletableFuture.completedFuture(answer(look));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Reply answer(Look look) {
        // Special tokens are left out of decoded text, so what remains is the line without its separator.
        int[] gold = DemoModels.answerIds(tokenizer, parser.answer(tokenizer.decode(look.promptIds())));
        List<TeacherDistribution> distributions = new ArrayList<>();
        for (int i = 0; i < look.wanted(); i++) {
            int token = gold[Math.min(look.knownThrough() + i, gold.length - 1)];
            distributions.add(new TeacherDistribution(new int[] {token}, new float[] {(float) Math.log1p(-DOUBT)}));
        }
        return Reply.withDetails(look, distributions, this::law);
    }

    /** The doubt is spread over all other tokens. */
    private float[] law(TeacherDistribution top) {
        float[] law = new float[tokenizer.vocabulary().size()];
        Arrays.fill(law, (float) Math.log(DOUBT / (law.length - 1)));
        law[top.argmax()] = top.logProbabilities()[0];
        return law;
    }

    @Override
    public void forget(String sequence) {
        // Nothing is kept between looks.
    }

    @Override
    public void close() {
        // Owns neither the tokenizer nor the log.
    }
}
