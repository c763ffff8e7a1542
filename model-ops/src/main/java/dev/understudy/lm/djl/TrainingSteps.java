package dev.understudy.lm.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.TrainingBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Training steps of one program, whatever its parameters are. Settings that change from step to step are attributes of
 * the program, set when they change. Used by the trainer's thread.
 *
 * <p>AdamW after Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (ICLR 2019), algorithm 2, with epsilon
 * 1e-8; gradients are clipped by their global norm (Pascanu et al., ICML 2013, algorithm 1).
 */
final class TrainingSteps {
    private final TorchProgram program;
    private final OptimizerState state;
    private final ModelShape shape;
    private @Nullable Hyper currentHyper;
    private @Nullable TokenLoss currentLoss;

    TrainingSteps(TorchProgram program, OptimizerState state, ModelShape shape) {
        this.program = program;
        this.state = state;
        this.shape = shape;
    }

    /** See {@link dev.understudy.lm.train.Trainer#step}. */
    StepReport step(List<TrainingBatch> batches, TokenLoss loss, Hyper hyper) {
        List<TrainingInputs.Part> parts = new TrainingInputs(shape, batches, loss).parts();
        apply(hyper);
        float[] figures = parts.size() == 1 ? run("train_step", parts.get(0)) : accumulate(parts);
        if (!Float.isFinite(figures[0]) || !Float.isFinite(figures[1])) {
            throw new IllegalStateException(
                    "Training step " + (state.steps() + 1) + " has loss " + figures[0] + " and gradient norm "
                            + figures[1]
                            + ", expected finite values; the weights are unchanged. Lower the learning rate or drop the batch.");
        }
        state.stepped();
        return new StepReport(figures[0], figures[1]);
    }

    private float[] accumulate(List<TrainingInputs.Part> parts) {
        program.call("begin").close();
        for (TrainingInputs.Part part : parts) {
            run("train_part", part);
        }
        try (NDManager scope = program.manager().newSubManager()) {
            return program.callWithGradients("train_update", scope)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private float[] run(String method, TrainingInputs.Part part) {
        apply(part.loss());
        try (NDManager scope = program.manager().newSubManager()) {
            return program.callWithGradients(method, scope, part.arrays(scope))
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private void apply(Hyper hyper) {
        if (hyper.equals(currentHyper)) {
            return;
        }
        try (IValue rate = IValue.from(hyper.learningRate());
                IValue decay = IValue.from(hyper.weightDecay());
                IValue gainDecay = IValue.from(hyper.gainDecay());
                IValue clip = IValue.from(hyper.clip());
                IValue beta1 = IValue.from(hyper.beta1());
                IValue beta2 = IValue.from(hyper.beta2())) {
            program.call("hyper", rate, decay, gainDecay, clip, beta1, beta2).close();
        }
        currentHyper = hyper;
    }

    private void apply(TokenLoss loss) {
        if (loss.equals(currentLoss)) {
            return;
        }
        TokenLoss.Term teacher = loss.teacher();
        TokenLoss.Term student = loss.student();
        try (IValue terms = IValue.listFrom(
                        teacher.weight(), teacher.teacherShare(), student.weight(), student.teacherShare());
                IValue temperature = IValue.from(loss.temperature())) {
            program.call("set_loss", terms, temperature).close();
        }
        currentLoss = loss;
    }
}
