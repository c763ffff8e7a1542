package dev.understudy.lm.djl;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the process holds outside the Java heap, after a collection and after the allocator has given back what it can.
 * The memory of the JVM's compilers is left out: they keep up to 12 MB of it for a while after a long compilation, and
 * nothing of ours is in it. The JVM tells it under {@code -XX:NativeMemoryTracking=summary}.
 *
 * @param objects live Java objects of DJL, each the owner of something native: exact
 * @param used bytes in use by the native allocator: no fragments
 * @param resident bytes of all mappings but the Java heap
 */
record Footprint(long objects, long used, long resident) {
    private static final LibC LIB_C = Native.load("c", LibC.class);
    private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-[0-9a-f]+ ");
    private static final Pattern OBJECTS = Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +ai\\.djl\\.");
    private static final Pattern COMPILERS =
            Pattern.compile("(?m)^- +(?:Compiler|Arena Chunk) \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final int TRIES = 1_000;

    /** What is asked of the C library. */
    public interface LibC extends Library {
        Usage mallinfo2();

        int malloc_trim(long pad);
    }

    /** {@code struct mallinfo2}: sums over all arenas, in bytes. */
    @Structure.FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static final class Usage extends Structure implements Structure.ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        public long uordblks;
        public long fordblks;
        public long keepcost;
    }

    /** Waits for a moment at which no compiler takes or gives back memory. */
    static Footprint now() throws IOException, JMException {
        // counting objects collects garbage, and with it the direct buffers that only garbage holds
        String histogram = diagnose("gcClassHistogram");
        long objects = sum(OBJECTS, histogram);
        for (int i = 0; i < TRIES; i++) {
            long compilers = compilers();
            LIB_C.malloc_trim(0);
            Usage usage = LIB_C.mallinfo2();
            long mapped = mapped();
            if (compilers == compilers()) {
                return new Footprint(objects, usage.uordblks + usage.hblkhd - compilers, mapped - compilers);
            }
        }
        throw new IllegalStateException("the compilers' memory changed during each of " + TRIES + " looks at it");
    }

    private static long compilers() throws JMException {
        String memory = diagnose("vmNativeMemory", "summary");
        if (!COMPILERS.matcher(memory).find()) {
            throw new IllegalStateException("found no memory of the compilers in \"" + memory
                    + "\": start with -XX:NativeMemoryTracking=summary");
        }
        return sum(COMPILERS, memory) << 10;
    }

    private static String diagnose(String command, String... arguments) throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        command,
                        new Object[] {arguments},
                        new String[] {String[].class.getName()});
    }

    private static long sum(Pattern figure, String text) {
        return figure.matcher(text)
                .results()
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();
    }

    /** The median of each figure. */
    static Footprint median(List<Footprint> samples) {
        return of(samples, samples.size() / 2);
    }

    /** The least of each figure. */
    static Footprint least(List<Footprint> samples) {
        return of(samples, 0);
    }

    private static Footprint of(List<Footprint> samples, int rank) {
        return new Footprint(
                figure(samples, rank, Footprint::objects),
                figure(samples, rank, Footprint::used),
                figure(samples, rank, Footprint::resident));
    }

    private static long figure(List<Footprint> samples, int rank, ToLongFunction<Footprint> figure) {
        return samples.stream()
                .mapToLong(figure)
                .sorted()
                .skip(rank)
                .findFirst()
                .orElseThrow();
    }

    /** The Java heap lies below 32 GB, where compressed pointers reach, and nothing else does. */
    private static long mapped() throws IOException {
        long kilobytes = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.find()) {
                counts = Long.parseUnsignedLong(mapping.group(1), 16) >= 32L << 30;
            } else if (counts && line.startsWith("Rss:")) {
                kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kilobytes << 10;
    }
}
