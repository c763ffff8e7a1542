package dev.understudy.workload;

import dev.understudy.workload.Workload.Release;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The closed vocabulary of the lines. Lists only: nothing here depends on hash order. */
final class Lexicon {
    /** Share of stock codes that release c2 replaces. */
    static final double RECODED_SHARE = 0.30;

    private static final long CODE_SEED = 20240607;
    private static final String CODE_LETTERS = "ABCDEFGHKLMNPRSTVXYZ";

    /**
     * One thing with its spellings.
     *
     * @param aliases English spellings, each equally likely
     * @param german the German word
     */
    record Term(List<String> aliases, String german) {}

    static final List<Term> COLOURS = List.of(
            new Term(List.of("red", "rd"), "rot"),
            new Term(List.of("blue", "blu"), "blau"),
            new Term(List.of("green", "grn"), "grün"),
            new Term(List.of("grey", "gray", "gry"), "grau"),
            new Term(List.of("black", "blk"), "schwarz"),
            new Term(List.of("white", "wht"), "weiß"));

    static final List<Term> ITEMS = List.of(
            new Term(List.of("bolt", "bolts"), "Bolzen"),
            new Term(List.of("washer", "wshr"), "Scheibe"),
            new Term(List.of("gasket", "gskt"), "Dichtung"),
            new Term(List.of("filter", "filtr"), "Filter"),
            new Term(List.of("valve", "vlv"), "Ventil"),
            new Term(List.of("hose", "hoses"), "Schlauch"),
            new Term(List.of("clamp", "clmp"), "Klemme"),
            new Term(List.of("screw", "scrw"), "Schraube"),
            new Term(List.of("bearing", "brng"), "Lager"),
            new Term(List.of("switch", "swtch"), "Schalter"),
            new Term(List.of("fuse", "fuses"), "Sicherung"),
            new Term(List.of("cable", "cbl"), "Kabel"));

    static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    static final List<String> MONTHS_DE = List.of(
            "januar",
            "februar",
            "märz",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "dezember");
    static final List<String> DAYS =
            List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");
    static final List<String> DAYS_DE =
            List.of("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag");
    static final List<String> DAY_CODES = List.of("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN");
    static final List<String> NUMBERS = List.of(
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");
    static final List<String> NUMBERS_DE = List.of(
            "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf");
    static final List<String> CITIES =
            List.of("rome", "paris", "berlin", "madrid", "london", "vienna", "oslo", "lisbon", "prague", "athens");
    static final List<String> CITY_CODES =
            List.of("ROM", "PAR", "BER", "MAD", "LON", "VIE", "OSL", "LIS", "PRG", "ATH");
    static final List<String> NAMES = List.of(
            "jonas", "maria", "peter", "sofia", "lukas", "elena", "david", "clara", "felix", "nora", "oscar", "paula",
            "henry", "irene", "karl", "laura", "martin", "olga", "robert", "tanja");
    static final List<String> USERS =
            List.of("iris", "root", "admin", "bob", "carol", "deploy", "guest", "backup", "mike", "alice");
    static final List<String> HOSTS = List.of("db", "web", "api", "mail", "cache", "gw");
    static final List<String> UNITS = List.of("backup", "cron", "nginx", "redis", "sshd", "docker");
    static final List<String> DURATIONS =
            List.of("a quarter of an hour", "half an hour", "45 min", "an hour", "90 min");
    static final List<Integer> DURATION_MINUTES = List.of(15, 30, 45, 60, 90);

    /** Words of five letters or more that may be misspelt; copied fields are never among them. */
    static final List<String> MISSPELT = misspelt();

    private static final List<List<String>> CODES = codes();

    private Lexicon() {}

    /** Stock code of an item in a colour under a release. */
    static String code(Release release, int item, int colour) {
        return CODES.get(release == Release.C1 ? 0 : 1).get(item * COLOURS.size() + colour);
    }

    private static List<String> misspelt() {
        Set<String> words = new TreeSet<>();
        ITEMS.forEach(term -> words.addAll(term.aliases()));
        COLOURS.forEach(term -> words.addAll(term.aliases()));
        words.addAll(DAYS);
        words.addAll(NUMBERS);
        words.addAll(CITIES);
        words.addAll(List.of(
                "tomorrow",
                "dozen",
                "cases",
                "invoice",
                "received",
                "account",
                "arrived",
                "delayed",
                "parcel",
                "settle",
                "deliver",
                "order"));
        return words.stream().filter(word -> word.length() >= 5).toList();
    }

    /** Codes a release: c1 the base, c2 the base with {@link #RECODED_SHARE} of the codes replaced by unused ones. */
    private static List<List<String>> codes() {
        SplittableRandom random = new SplittableRandom(CODE_SEED);
        int count = ITEMS.size() * COLOURS.size();
        int changes = (int) Math.round(RECODED_SHARE * count);
        Set<String> drawn = new LinkedHashSet<>();
        while (drawn.size() < count + changes) {
            drawn.add("" + letter(random) + letter(random) + random.nextInt(10, 100));
        }
        List<String> all = List.copyOf(drawn);
        List<String> base = all.subList(0, count);
        List<String> recoded = new ArrayList<>(base);
        List<Integer> slots = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        for (int i = 0; i < changes; i++) {
            int slot = slots.remove(random.nextInt(slots.size()));
            recoded.set(slot, all.get(count + i));
        }
        return List.of(List.copyOf(base), List.copyOf(recoded));
    }

    private static char letter(SplittableRandom random) {
        return CODE_LETTERS.charAt(random.nextInt(CODE_LETTERS.length()));
    }
}
