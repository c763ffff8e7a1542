package dev.understudy.lm.vector;

import dev.understudy.lm.JavaDecoding;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import java.util.List;

/** Opens {@link VectorModel}s. Immutable and thread safe; found as a service. */
public final class VectorDecoding implements JavaDecoding {
    @Override
    public LanguageModel open(ModelShape shape, List<float[]> values) {
        WarmUp.once();
        return new VectorModel(shape, VectorWeights.pack(shape, values));
    }
}
