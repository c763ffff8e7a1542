package dev.understudy.lm.shape;

import java.util.Arrays;
import java.util.Optional;

/** The matrices of a decoder block that an adapter may change, by their Hugging Face names. */
public enum Projection {
    QUERY("self_attn.q_proj"),
    KEY("self_attn.k_proj"),
    VALUE("self_attn.v_proj"),
    OUTPUT("self_attn.o_proj"),
    GATE("mlp.gate_proj"),
    UP("mlp.up_proj"),
    DOWN("mlp.down_proj");

    private final String path;

    Projection(String path) {
        this.path = path;
    }

    /** Name within a layer, for example {@code self_attn.q_proj}. */
    public String path() {
        return path;
    }

    /** Last part of the name, for example {@code q_proj}; what PEFT calls a target module. */
    public String module() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The projection with this target module name. */
    public static Optional<Projection> named(String module) {
        return Arrays.stream(values())
                .filter(projection -> projection.module().equals(module))
                .findFirst();
    }
}
