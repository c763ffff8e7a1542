package dev.understudy.infra.cli;

import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.Engine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where models compute, as an option; the default is the CPU. */
final class DeviceOption {
    @Option(
            names = "--device",
            defaultValue = "cpu",
            converter = Converter.class,
            description = "cpu, cuda or cuda:1; a GPU needs a build with -Pgpu (default: ${DEFAULT-VALUE}).")
    private ComputeDevice device = ComputeDevice.CPU;

    /** The installed engine there. */
    Engine engine() {
        return Engine.installed().on(device);
    }

    /** Reads what {@link ComputeDevice#toString} writes. */
    static final class Converter implements ITypeConverter<ComputeDevice> {
        @Override
        public ComputeDevice convert(String text) {
            try {
                return ComputeDevice.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
