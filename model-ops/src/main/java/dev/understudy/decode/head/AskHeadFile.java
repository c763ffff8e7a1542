package dev.understudy.decode.head;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsFile;
import dev.understudy.lm.file.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file {@value #NAME} beside a student's weights, in safetensors: it says which form the student's asking has, and
 * holds what the form needs. Consumers that do not ask never open it, and a checkpoint's manifest hashes it like every
 * other file.
 */
public final class AskHeadFile {
    /** Name in a model directory. */
    public static final String NAME = "ask_head.safetensors";

    private static final String FORM = "form";
    private static final String PRICED = "priced";
    private static final String SIZES = "sizes";

    private AskHeadFile() {}

    /** Writes a head into a model directory, over one that is there. */
    public static void write(Path directory, PricedHead head) {
        List<NamedTensor> tensors = new ArrayList<>();
        add(tensors, "doubt", head.doubt());
        add(tensors, "remaining", head.remaining());
        add(tensors, head.levels());
        String sizes = head.doubt().inputs() + "," + head.doubt().units() + ","
                + head.remaining().units() + "," + head.levels().levels().length;
        SafetensorsWriter.write(directory.resolve(NAME), tensors, Storage.FP32, Map.of(FORM, PRICED, SIZES, sizes));
    }

    /** Writes what a student that asks by its vocabulary needs, over a head that is there. */
    public static void write(Path directory, RowHead head) {
        Map<String, String> notes = new TreeMap<>(RowFile.notes(head.entries()));
        notes.put(FORM, RowFile.FORM);
        SafetensorsWriter.write(directory.resolve(NAME), RowFile.tensors(head), Storage.FP32, notes);
    }

    /**
     * The head of a model directory; {@link AskHead#NONE} when the directory has none. Every call makes a head of its
     * own, since a head belongs to the thread that steps the model.
     *
     * @throws ModelRejectedException when the file is damaged or of an unknown form
     */
    public static AskHead read(Path directory) {
        Path path = directory.resolve(NAME);
        if (!Files.exists(path)) {
            return AskHead.NONE;
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        String form = file.metadata().getOrDefault(FORM, "");
        try {
            return switch (form) {
                case PRICED -> priced(path, file);
                case RowFile.FORM -> RowFile.read(file);
                default ->
                    throw new ModelRejectedException("Cannot use " + path + ": its form is '" + form + "', expected "
                            + PRICED + " or " + RowFile.FORM + "; train the head with this build.");
            };
        } catch (IllegalArgumentException e) {
            throw new ModelRejectedException("Cannot use " + path + ": " + e.getMessage(), e);
        }
    }

    private static PricedHead priced(Path path, SafetensorsFile file) {
        int[] sizes = sizes(path, file.metadata().getOrDefault(SIZES, ""));
        AskLevels levels = levels(file, sizes[sizes.length - 1]);
        return new PricedHead(
                network(file, "doubt", sizes[0], sizes[1]), network(file, "remaining", sizes[0], sizes[2]), levels);
    }

    private static int[] sizes(Path path, String text) {
        String[] parts = text.split(",", -1);
        int[] sizes = new int[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                sizes[i] = Integer.parseInt(parts[i]);
            }
        } catch (NumberFormatException e) {
            sizes = new int[0];
        }
        // The sizes become arrays: a bound keeps a file that lies from asking for gigabytes.
        boolean sane = sizes.length == 4;
        for (int size : sizes) {
            sane &= size > 0 && size <= 1 << 16;
        }
        if (!sane) {
            throw new ModelRejectedException("Cannot use " + path + ": its sizes are '" + text
                    + "', expected four numbers from 1 to 65536; copy the file again.");
        }
        return sizes;
    }

    private static void add(List<NamedTensor> tensors, String name, AskNetwork network) {
        int inputs = network.inputs();
        int units = network.units();
        tensors.add(vector(name + ".mean", network.mean()));
        tensors.add(vector(name + ".scale", network.scale()));
        tensors.add(new NamedTensor(name + ".first.weight", new int[] {inputs, units}, network.first()));
        tensors.add(vector(name + ".first.bias", network.firstBias()));
        tensors.add(vector(name + ".second.weight", network.second()));
        tensors.add(vector(name + ".second.bias", new float[] {network.secondBias()}));
    }

    private static void add(List<NamedTensor> tensors, AskLevels levels) {
        tensors.add(vector("levels", floats(levels.levels())));
        tensors.add(vector("prices", floats(levels.prices())));
        tensors.add(vector("use", floats(levels.use())));
    }

    private static AskNetwork network(SafetensorsFile file, String name, int inputs, int units) {
        return new AskNetwork(
                read(file, name + ".mean", inputs),
                read(file, name + ".scale", inputs),
                read(file, name + ".first.weight", inputs, units),
                read(file, name + ".first.bias", units),
                read(file, name + ".second.weight", units),
                read(file, name + ".second.bias", 1)[0]);
    }

    private static AskLevels levels(SafetensorsFile file, int count) {
        return new AskLevels(
                doubles(read(file, "levels", count)),
                doubles(read(file, "prices", count)),
                doubles(read(file, "use", count)));
    }

    static float[] read(SafetensorsFile file, String name, int... shape) {
        float[] values = file.read(name, shape).values();
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "tensor " + name + " holds " + value + ", expected finite numbers. Train the head again.");
            }
        }
        return values;
    }

    static NamedTensor vector(String name, float[] values) {
        return new NamedTensor(name, new int[] {values.length}, values);
    }

    static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
