package dev.understudy.infra.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Knobs;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Everything a demo run writes, below one folder.
 *
 * @param work the folder
 */
record DemoFiles(Path work) {
    /** Checkpoint id of the starting student. */
    static final String INITIAL = "initial";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REPLAY = 4000;
    private static final int HELD_OUT = 200;
    private static final long REPLAY_SEED = 3;
    private static final long HELD_OUT_SEED = 55;
    private static final int LABELLED = 300;
    private static final long LABELLED_SEED = 21;

    Path store() {
        return work.resolve("store");
    }

    Path rounds() {
        return work.resolve("rounds");
    }

    Path callLog() {
        return work.resolve("teacher-calls.jsonl");
    }

    Path replay() {
        return work.resolve("replay.jsonl");
    }

    Path heldOut() {
        return work.resolve("held-out.jsonl");
    }

    /** Pairs that the first ask head is learnt from. */
    Path labelled() {
        return work.resolve("labelled.jsonl");
    }

    /** The starting student with its ask head. */
    Path askingStudent() {
        return work.resolve("student");
    }

    Path flinkCheckpoints() {
        return work.resolve("flink");
    }

    /** Writes the replay store (what the student was trained on) and the verified pairs that exist before the drift. */
    void prepare(List<Workload> known) {
        try {
            Files.createDirectories(store());
            Files.createDirectories(rounds());
            Files.createDirectories(flinkCheckpoints());
            List<Example> replay = new ArrayList<>(REPLAY);
            IntakeStream stream = new IntakeStream(
                    REPLAY_SEED,
                    known.stream().map(one -> new IntakeStream.Share(one, 1)).toList(),
                    Split.TRAIN,
                    Knobs.DEFAULT);
            for (int i = 0; i < REPLAY; i++) {
                replay.add(stream.next());
            }
            write(replay(), replay);
            write(heldOut(), verified(known));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot prepare " + work + ": " + e.getMessage() + ". Check space and rights.", e);
        }
    }

    /** Writes {@link #labelled}: 300 pairs of each kind of line, in turn. */
    void prepareLabelled(List<Workload> known) throws IOException {
        List<Iterator<Example>> kinds = known.stream()
                .map(one -> IntakeStream.distinct(LABELLED_SEED, one, LABELLED, Split.TRAIN)
                        .iterator())
                .toList();
        List<Example> pairs = new ArrayList<>();
        while (kinds.get(0).hasNext()) {
            kinds.forEach(kind -> pairs.add(kind.next()));
        }
        write(labelled(), pairs);
    }

    /** 200 verified answers a workload from the part that nothing is trained on. */
    static List<Example> verified(List<Workload> workloads) {
        List<Example> examples = new ArrayList<>();
        for (Workload workload : workloads) {
            examples.addAll(IntakeStream.distinct(HELD_OUT_SEED, workload, HELD_OUT, Split.DEV));
        }
        return examples;
    }

    private static void write(Path file, List<Example> examples) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Example example : examples) {
                out.write(JSON.writeValueAsString(Map.of(
                        "workload", example.workload().id(),
                        "prompt", example.prompt(),
                        "completion", example.answer())));
                out.write('\n');
            }
        }
    }
}
