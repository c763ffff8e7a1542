package dev.understudy.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that a signal finds inside libtorch ends as any other does. */
@Timeout(120)
class SignalIT {
    @Test
    void aSignalInsideALongTrainingStepEndsTheProcessWithoutACrash(@TempDir Path folder)
            throws IOException, InterruptedException {
        // a step of some seconds: the JVM alone waits a third of one for native code
        end(
                folder,
                "moduleRunMethod",
                "dev.understudy.lm.djl.TrainingSteps",
                "bench",
                "train",
                "--student",
                "TINY",
                "--teacher",
                "TINY",
                "--rows",
                "48",
                "--tokens",
                "256");
    }

    @Test
    void aSignalWhileLibtorchIsLoadedEndsTheProcessWithoutACrash(@TempDir Path folder)
            throws IOException, InterruptedException {
        String model = Path.of("models", "student").toAbsolutePath().toString();
        end(folder, "load", "ai.djl.pytorch.jni.LibUtils", "model", "generate", model, "--prompt", "x");
    }

    private static void end(Path folder, String method, String below, String... arguments)
            throws IOException, InterruptedException {
        Path shown = folder.resolve("shown");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                SelfSignalled.class.getName(),
                method,
                below));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(shown.toFile())
                .start();
        int code = process.waitFor();
        String text = Files.readString(shown, StandardCharsets.UTF_8);
        assertThat(code).as(text).isEqualTo(128 + 15);
        assertThat(text).doesNotContain("fatal error", "terminate called", "Exception");
        assertThat(folder).isDirectoryNotContaining("glob:**hs_err*");
    }
}
