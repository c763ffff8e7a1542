package dev.understudy.decode;

import dev.understudy.budget.account.Allowance;
import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.ask.AskPrices;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What a decoder needs for asking. The host owns all parts and closes the teacher.
 *
 * @param teacher the large model
 * @param allowance asked before every look that is no audit
 * @param audits asked before every audit: the share of the budget that is set aside for them
 * @param prices price a workload
 * @param mail runs a task on the task thread; the teacher's replies arrive by it
 * @param caller unique for every start of the host (a restart has another one): prefix of the call ids
 */
public record Help(
        Teacher teacher, Allowance allowance, Allowance audits, AskPrices prices, Executor mail, String caller) {
    /** Audits are paid like everything else. */
    public Help(Teacher teacher, Allowance allowance, AskPrices prices, Executor mail, String caller) {
        this(teacher, allowance, allowance, prices, mail, caller);
    }

    /** No help at all, for policy never and audit share 0. */
    public static Help none() {
        return new Help(
                new AbsentTeacher(),
                (tenant, workload, cost, now) -> new Reservation.Exhausted(),
                (tenant, workload, version) -> AskPrices.ASK_ALWAYS,
                Runnable::run,
                "alone");
    }

    /** Price for the sequence's tenant and workload on its version. */
    double price(Sequence sequence) {
        return prices.price(sequence.prompt.tenant(), sequence.prompt.workload(), sequence.version);
    }

    private static final class AbsentTeacher implements Teacher {
        @Override
        public String version() {
            return "none";
        }

        @Override
        public CompletableFuture<Reply> look(Look look) {
            return CompletableFuture.failedFuture(new IllegalStateException("[BUG] a look without a teacher"));
        }

        @Override
        public void forget(String sequence) {}

        @Override
        public void close() {}
    }
}
