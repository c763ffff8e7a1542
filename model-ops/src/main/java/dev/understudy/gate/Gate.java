package dev.understudy.gate;

import java.nio.file.Path;

/** Judges a candidate against the serving version. Thread safe: it keeps nothing. */
public final class Gate {
    private final GateConfig config;

    public Gate(GateConfig config) {
        this.config = config;
    }

    /**
     * @param serving figures of the serving version on the same gate set
     * @param candidate figures of the candidate
     * @param candidateDirectory its Hugging Face directory, whose weights are checked for their numbers
     */
    public GateVerdict judge(VersionFigures serving, VersionFigures candidate, Path candidateDirectory) {
        throw new UnsupportedOperationException(config.toString());
    }
}
