package dev.understudy.infra.demo;

import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.InverseParser;
import dev.understudy.workload.Knobs;
import dev.understudy.workload.Split;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SplittableRandom;

/** The prompts of a schedule in the order sent: a pure function of schedule and seed. Not thread safe. */
final class Traffic {
    static final String LARGE = "acme";
    static final String SMALL = "corner-shop";
    private static final double SMALL_SHARE = 0.2;

    private final Schedule schedule;
    private final long seed;
    private final SplittableRandom tenants;
    private final InverseParser parser = new InverseParser();
    private final MessageDigest digest;
    private int phase;
    private int sentInPhase;
    private int sent;
    private IntakeStream stream;

    Traffic(Schedule schedule, long seed) {
        this.schedule = schedule;
        this.seed = seed;
        this.tenants = new SplittableRandom(seed);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
        this.stream = streamOf(0);
    }

    private IntakeStream streamOf(int index) {
        return new IntakeStream(
                seed * 1_000 + index, schedule.phases().get(index).mix(), Split.TRAIN, Knobs.DEFAULT);
    }

    /** Index of the phase that the next prompt belongs to. */
    int phase() {
        return phase;
    }

    boolean phaseIsOver() {
        return sentInPhase >= schedule.phases().get(phase).prompts();
    }

    boolean isLastPhase() {
        return phase == schedule.phases().size() - 1;
    }

    void nextPhase() {
        phase++;
        sentInPhase = 0;
        stream = streamOf(phase);
    }

    /** The next prompt of the current phase. */
    Sent next() {
        Example example = stream.next();
        String tenant = tenants.nextDouble() < SMALL_SHARE ? SMALL : LARGE;
        String id = String.format(Locale.ROOT, "p-%06d", sent);
        digest.update((tenant + "\t" + example.prompt() + "\n").getBytes(StandardCharsets.UTF_8));
        sent++;
        sentInPhase++;
        return new Sent(id, phase, tenant, example.workload().id(), example.prompt(), parser.answer(example.prompt()));
    }

    /** Digest of everything sent so far, hexadecimal; the traffic must not be used afterwards. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
