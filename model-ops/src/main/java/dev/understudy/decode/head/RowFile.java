package dev.understudy.decode.head;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsFile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@link AskHeadFile} holds for a student that asks by its vocabulary: ids as notes, prices as tensors. */
final class RowFile {
    /** Name of the form. */
    static final String FORM = "row";

    private static final String ASK = "ask";
    private static final String TOKENS = "tokens";
    private static final String TRACE = "trace";

    private RowFile() {}

    static Map<String, String> notes(AskEntries entries) {
        return Map.of(
                ASK,
                Integer.toString(entries.ask()),
                TOKENS,
                Arrays.stream(entries.tokens()).mapToObj(Integer::toString).collect(Collectors.joining(",")),
                TRACE,
                entries.trace().name().toLowerCase(Locale.ROOT));
    }

    static List<NamedTensor> tensors(RowHead head) {
        RowPrices prices = head.prices();
        return List.of(
                AskHeadFile.vector("levels", AskHeadFile.floats(head.entries().levels())),
                AskHeadFile.vector("prices", AskHeadFile.floats(prices.own())),
                AskHeadFile.vector("next", AskHeadFile.floats(prices.next())),
                AskHeadFile.vector("use", AskHeadFile.floats(prices.use())));
    }

    /** @throws IllegalArgumentException when notes or prices are none */
    static RowHead read(SafetensorsFile file) {
        Map<String, String> notes = file.metadata();
        int[] tokens = Arrays.stream(notes.getOrDefault(TOKENS, "").split(",", -1))
                .mapToInt(RowFile::id)
                .toArray();
        int count = tokens.length;
        Trace trace = Arrays.stream(Trace.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(notes.get(TRACE)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("what an ask leaves behind is '" + notes.get(TRACE)
                        + "', expected none or kept. Copy it again."));
        AskEntries entries = new AskEntries(
                id(notes.getOrDefault(ASK, "")),
                AskHeadFile.doubles(AskHeadFile.read(file, "levels", count)),
                tokens,
                trace);
        RowPrices prices = new RowPrices(
                AskHeadFile.doubles(AskHeadFile.read(file, "prices", count)),
                AskHeadFile.doubles(AskHeadFile.read(file, "next", count)),
                AskHeadFile.doubles(AskHeadFile.read(file, "use", count)));
        return new RowHead(entries, prices);
    }

    private static int id(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "an id of its entries is '" + text + "', expected a number. Copy the file again.", e);
        }
    }
}
