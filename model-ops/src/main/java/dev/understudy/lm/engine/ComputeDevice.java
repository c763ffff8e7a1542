package dev.understudy.lm.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where models compute.
 *
 * @param gpu number of the GPU, from 0, or -1 for the CPU
 */
public record ComputeDevice(int gpu) {
    /** The processor. */
    public static final ComputeDevice CPU = new ComputeDevice(-1);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    public ComputeDevice {
        if (gpu < -1) {
            throw new IllegalArgumentException("[BUG] GPU " + gpu);
        }
    }

    /**
     * Reads {@code cpu}, {@code cuda} (the first GPU) or {@code cuda:1}.
     *
     * @throws IllegalArgumentException for another text
     */
    public static ComputeDevice parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new IllegalArgumentException("Device '" + text + "' is unknown, expected cpu, cuda or cuda:1.");
        }
        return new ComputeDevice(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    public boolean isGpu() {
        return gpu >= 0;
    }

    @Override
    public String toString() {
        return isGpu() ? "cuda:" + gpu : "cpu";
    }
}
