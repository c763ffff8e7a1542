package dev.understudy.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One decoder in a hostile world, single-threaded and seeded: assignments come repeated and out of order, loads end
 * late and in any order, fail, or bring a corrupt model, and the decoder crashes. Each parameter stands for 50 seeds.
 */
class SwapProtocolSimulationTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 50, 100, 150, 200})
    void exactlyOneProvedVersionServesAtAllTimes(int firstSeed) {
        for (int seed = firstSeed; seed < firstSeed + 50; seed++) {
            World world = new World(seed);
            for (int event = 0; event < 150; event++) {
                world.happen();
                world.check();
            }
            world.settle();
        }
    }

    private static final class World {
        private static final int VERSIONS = 6;

        private final int seed;
        private final Random random;
        private final List<Assignment> log = new ArrayList<>();
        private final List<SwapAction.Load> loads = new ArrayList<>();
        private final Map<CheckpointId, Integer> sequences = new HashMap<>();
        private final Set<CheckpointId> models = new HashSet<>();
        private CheckpointId serving = version(0);
        private long newestDelivered;
        private SwapProtocol protocol = new SwapProtocol(serving);

        World(int seed) {
            this.seed = seed;
            random = new Random(seed);
            models.add(serving);
        }

        void happen() {
            switch (random.nextInt(8)) {
                case 0 -> assign();
                case 1 -> deliver();
                case 2, 3 -> endOneLoad();
                case 4, 5 -> sequences.merge(serving, 1, Integer::sum);
                case 6 -> endOneSequence();
                default -> {
                    if (random.nextInt(4) == 0) {
                        crash();
                    }
                }
            }
            drain();
        }

        /** Version 0 is good; odd ones are corrupt. */
        private static CheckpointId version(int number) {
            return new CheckpointId("v" + number);
        }

        private static boolean corrupt(CheckpointId version) {
            return (version.value().charAt(1) - '0') % 2 == 1;
        }

        private void assign() {
            Set<CheckpointId> blocked =
                    random.nextInt(3) == 0 ? Set.of(version(1 + random.nextInt(VERSIONS - 1))) : Set.of();
            log.add(new Assignment(log.size() + 1, version(random.nextInt(VERSIONS)), blocked));
            deliver();
        }

        /** Any assignment of the past, again or for the first time. */
        private void deliver() {
            if (!log.isEmpty()) {
                give(log.get(random.nextInt(log.size())));
            }
        }

        private void give(Assignment assignment) {
            newestDelivered = Math.max(newestDelivered, assignment.sequence());
            take(new SwapEvent.Assigned(assignment));
        }

        private void endOneLoad() {
            if (loads.isEmpty()) {
                return;
            }
            SwapAction.Load load = loads.remove(random.nextInt(loads.size()));
            if (random.nextInt(4) == 0) {
                take(new SwapEvent.LoadFailed(load.ticket(), load.version(), "disk"));
            } else {
                finish(load);
            }
        }

        private void finish(SwapAction.Load load) {
            take(
                    corrupt(load.version())
                            ? new SwapEvent.ProofFailed(load.ticket(), load.version(), "probes")
                            : new SwapEvent.Loaded(load.ticket(), load.version(), "probes"));
        }

        private void endOneSequence() {
            List<CheckpointId> busy = sequences.keySet().stream().sorted().toList();
            if (!busy.isEmpty()) {
                sequences.computeIfPresent(
                        busy.get(random.nextInt(busy.size())), (version, count) -> count == 1 ? null : count - 1);
            }
        }

        private void drain() {
            for (CheckpointId version : List.copyOf(models)) {
                if (!version.equals(serving) && !sequences.containsKey(version)) {
                    take(new SwapEvent.Drained(version));
                }
            }
        }

        /** Models, loads and their mails are lost; sequences go on under the version that serves after the restore. */
        private void crash() {
            protocol = new SwapProtocol(serving, protocol.servedSequence());
            newestDelivered = protocol.servedSequence();
            int running =
                    sequences.values().stream().mapToInt(Integer::intValue).sum();
            loads.clear();
            models.clear();
            sequences.clear();
            models.add(serving);
            if (running > 0) {
                sequences.put(serving, running);
            }
        }

        private void take(SwapEvent event) {
            for (SwapAction action : protocol.on(event)) {
                if (action instanceof SwapAction.Load load) {
                    loads.add(load);
                } else if (action instanceof SwapAction.Serve serve) {
                    serve(serve.version(), event);
                } else if (action instanceof SwapAction.Close close) {
                    assertThat(sequences).as("seed %d", seed).doesNotContainKey(close.version());
                    assertThat(models.remove(close.version()))
                            .as("seed %d", seed)
                            .isTrue();
                }
            }
        }

        private void serve(CheckpointId version, SwapEvent event) {
            boolean proved = event instanceof SwapEvent.Loaded || models.contains(version);
            assertThat(proved)
                    .as("seed %d: %s served without proof", seed, version)
                    .isTrue();
            assertThat(corrupt(version)).as("seed %d", seed).isFalse();
            long newest = protocol.servedSequence();
            assertThat(log.get((int) newest - 1).blocked()).as("seed %d", seed).doesNotContain(version);
            assertThat(log.get((int) newest - 1).version()).as("seed %d", seed).isEqualTo(version);
            assertThat(newest).as("seed %d", seed).isEqualTo(newestDelivered);
            models.add(version);
            serving = version;
        }

        void check() {
            assertThat(protocol.serving()).as("seed %d", seed).isEqualTo(serving);
            assertThat(models).as("seed %d", seed).contains(serving).containsAll(sequences.keySet());
            assertThat(protocol.open()).as("seed %d", seed).isEqualTo(models);
            if (protocol.state() instanceof SwapState.Draining draining) {
                assertThat(draining.running()).as("seed %d", seed).doesNotContain(serving);
            }
            long serves = models.stream().filter(protocol::serves).count();
            assertThat(serves).as("seed %d", seed).isEqualTo(1);
        }

        /** Everything is delivered and every load ends: the newest good assignment must serve and nothing leak. */
        void settle() {
            log.add(new Assignment(log.size() + 1, version(random.nextInt(VERSIONS)), Set.of()));
            CheckpointId before = serving;
            Assignment newest = log.get(log.size() - 1);
            give(newest);
            while (!loads.isEmpty()) {
                finish(loads.remove(0));
                drain();
                check();
            }
            sequences.clear();
            drain();
            CheckpointId expected = corrupt(newest.version()) ? before : newest.version();
            assertThat(serving).as("seed %d", seed).isEqualTo(expected);
            assertThat(models).as("seed %d", seed).containsExactly(serving);
        }
    }
}
