package dev.understudy.lm.shape;

/**
 * The decoder families that differ from Llama only in data that {@link Architecture} holds, or in the one thing that
 * each constant names.
 */
public enum Family {
    /** Touvron et al., "Llama 2" (2023); biases, if any, as its configuration says. */
    LLAMA("llama", "LlamaForCausalLM"),
    /** Jiang et al., "Mistral 7B" (2023), section 2: a sliding window. */
    MISTRAL("mistral", "MistralForCausalLM"),
    /** Yang et al., "Qwen2 Technical Report" (2024), section 2.2.1: always biases on query, key and value. */
    QWEN2("qwen2", "Qwen2ForCausalLM"),
    /** Yang et al., "Qwen3 Technical Report" (2025), section 2: RMSNorm on each query and key head. */
    QWEN3("qwen3", "Qwen3ForCausalLM");

    private final String modelType;
    private final String className;

    Family(String modelType, String className) {
        this.modelType = modelType;
        this.className = className;
    }

    /** {@code model_type} in {@code config.json}. */
    public String modelType() {
        return modelType;
    }

    /** {@code architectures} in {@code config.json}. */
    public String className() {
        return className;
    }

    /** True when query and key heads are normed before they are rotated. */
    public boolean normsHeads() {
        return this == QWEN3;
    }
}
