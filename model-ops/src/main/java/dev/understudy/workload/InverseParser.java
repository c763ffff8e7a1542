package dev.understudy.workload;

import static dev.understudy.workload.Answer.two;

import dev.understudy.workload.Workload.Family;
import dev.understudy.workload.Workload.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a prompt and says its answer: the generator's inverse, written from the grammar and not from the generator's
 * code, so that the two check each other. Shares only the word lists. Stateless and thread safe.
 */
public final class InverseParser {
    private static final String MONTH = "(?:" + String.join("|", Lexicon.MONTHS) + ")";
    private static final String DATE =
            "(\\d{1,2} " + MONTH + "|" + MONTH + " \\d{1,2}|tomorrow|in \\d days|(?:next )?[a-z]+day(?: next week)?)";
    private static final String GERMAN_DATE = "(\\d{1,2}\\. [a-zä]+|\\d\\d\\.\\d\\d\\.|morgen|in \\d tagen|bis [a-z]+)";
    private static final String MONEY = "([$£]?[0-9.,]+(?: USD| GBP| EUR| €)?)";
    private static final String TIME = "(\\d\\d:\\d\\d|\\d{1,2}(?::\\d\\d)? [ap]m|(?:half past )?[a-z]+ [ap]m)";
    private static final String LENGTH = "(" + String.join("|", Lexicon.DURATIONS) + ")";
    private static final String INVOICE = "(\\d\\d-\\d{3})";
    private static final String PARCEL = "([A-Z]{2}\\d{6})";

    private static final Pattern SEND = Pattern.compile("pls send (.+) to acct (\\d{4}) by " + DATE);
    private static final Pattern NEEDS = Pattern.compile("acct (\\d{4}) needs (.+?) " + DATE);
    private static final Pattern FOR = Pattern.compile(DATE + ": (.+) for (\\d{4}) thx");
    private static final Pattern GET = Pattern.compile("can we get (.+), account (\\d{4}), due " + DATE + "\\?");
    private static final Pattern ORDER = Pattern.compile("order (.+?) x (.+) \\((\\d{4})\\) deliver " + DATE);
    private static final Pattern THING = Pattern.compile("(.+) (?:(\\p{L}+) (\\p{L}+)|(\\p{L}+) \\((\\p{L}+)\\))");
    private static final Pattern BITTE =
            Pattern.compile("bitte (.+) (\\p{L}+) (\\p{L}+) an konto (\\d{4}) " + GERMAN_DATE);
    private static final Pattern BRAUCHT =
            Pattern.compile("konto (\\d{4}) braucht (.+) (\\p{L}+) \\((\\p{L}+)\\) " + GERMAN_DATE);
    private static final Pattern DANKE =
            Pattern.compile(GERMAN_DATE + " (.+) x (\\p{L}+) (\\p{L}+) für (\\d{4}) danke");
    private static final Pattern PREFIXED = Pattern.compile("(?:not \\d+ but|\\d+ no wait) (.+)");
    private static final Pattern CASES = Pattern.compile("(\\d) cases of (\\d+)");
    private static final Pattern DOZENS = Pattern.compile("(\\d) (?:dz|dozen|dutzend)");
    private static final Pattern LETTERS = Pattern.compile("[a-z]{4,}");

    private static final List<PayForm> PAY_FORMS = List.of(
            new PayForm("invoice " + INVOICE + " for " + MONEY + " is due " + DATE, "open", 1, 2, 3),
            new PayForm("inv " + INVOICE + ": we paid " + MONEY + " on time", "paid", 1, 2, 0),
            new PayForm("pls settle " + MONEY + " \\(" + INVOICE + "\\) by " + DATE, "open", 2, 1, 3),
            new PayForm(MONEY + " received for invoice " + INVOICE, "paid", 2, 1, 0),
            new PayForm("rechnung " + INVOICE + " über " + MONEY, "open", 1, 2, 0),
            new PayForm("offen: " + MONEY + " für rechnung " + INVOICE, "open", 2, 1, 0),
            new PayForm("rg " + INVOICE + " " + MONEY + " überwiesen", "paid", 1, 2, 0),
            new PayForm(INVOICE + " still open, " + MONEY + ", pay by " + DATE, "open", 1, 2, 3));

    private static final Pattern LEFT = Pattern.compile("parcel " + PARCEL + " left ([a-z]+) for ([a-z]+), (\\d+) kg");
    private static final Pattern ARRIVED = Pattern.compile("parcel " + PARCEL + " arrived ([a-z]+) hub");
    private static final Pattern DELAYED = Pattern.compile(PARCEL + " delayed at ([a-z]+), new eta " + DATE);
    private static final Pattern WEIGHS = Pattern.compile("from ([a-z]+) to ([a-z]+): " + PARCEL + " weighs (\\d+) g");
    private static final Pattern MEET = Pattern.compile("meet ([a-z]+) " + DATE + " at " + TIME + " for " + LENGTH);
    private static final Pattern WITH = Pattern.compile(LENGTH + " with ([a-z]+), " + DATE + " " + TIME);
    private static final Pattern BOOK =
            Pattern.compile("book ([a-z]+) at " + TIME + " " + DATE + " \\(" + LENGTH + "\\)");

    /** A payment sentence: groups of invoice, amount and date (0: none). */
    private record PayForm(Pattern pattern, String state, int invoice, int amount, int date) {
        PayForm(String pattern, String state, int invoice, int amount, int date) {
            this(Pattern.compile(pattern), state, invoice, amount, date);
        }
    }

    /**
     * The answer of a prompt.
     *
     * @throws IllegalArgumentException when the line is not of the grammar
     */
    public String answer(String prompt) {
        int bar = prompt.indexOf(" | ");
        String[] header = bar < 0 ? new String[0] : prompt.substring(0, bar).split(" ", -1);
        if (header.length != 2) {
            throw new IllegalArgumentException(
                    "Cannot read '" + prompt + "'; expected '<family> <release> | <text>'. Check who made it.");
        }
        Release release = Release.ofHeader(header[1]);
        String text = prompt.substring(bar + 3);
        return switch (Family.ofHeader(header[0])) {
            case ORDER -> order(corrected(text), release);
            case ORDER_DE -> germanOrder(text, release);
            case PAY -> payment(corrected(text));
            case LOG -> LogParser.answer(text, release);
            case SHIP -> shipment(corrected(text));
            case APPT -> appointment(corrected(text));
        };
    }

    private static String order(String text, Release release) {
        Optional<MatchResult> match = match(SEND, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return order(release, m.group(1), m.group(2), m.group(3));
        }
        match = match(NEEDS, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return order(release, m.group(2), m.group(1), m.group(3));
        }
        match = match(FOR, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return order(release, m.group(2), m.group(3), m.group(1));
        }
        match = match(GET, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return order(release, m.group(1), m.group(2), m.group(3));
        }
        MatchResult m = match(ORDER, text).orElseThrow(() -> unreadable(text));
        return order(release, m.group(1) + " " + m.group(2), m.group(3), m.group(4));
    }

    private static String order(Release release, String quantityAndThing, String account, String date) {
        MatchResult m = match(THING, quantityAndThing).orElseThrow(() -> unreadable(quantityAndThing));
        String item = m.group(3) != null ? m.group(3) : m.group(4);
        String colour = m.group(2) != null ? m.group(2) : m.group(5);
        return orderAnswer(
                Lexicon.code(release, indexOfAlias(Lexicon.ITEMS, item), indexOfAlias(Lexicon.COLOURS, colour)),
                quantity(m.group(1), Lexicon.NUMBERS),
                account,
                date(date));
    }

    private static String germanOrder(String text, Release release) {
        Optional<MatchResult> match = match(BITTE, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return germanOrder(release, List.of(m.group(1), m.group(2), m.group(3), m.group(4), m.group(5)));
        }
        match = match(BRAUCHT, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return germanOrder(release, List.of(m.group(2), m.group(3), m.group(4), m.group(1), m.group(5)));
        }
        MatchResult m = match(DANKE, text).orElseThrow(() -> unreadable(text));
        return germanOrder(release, List.of(m.group(2), m.group(3), m.group(4), m.group(5), m.group(1)));
    }

    /** Parts in the order quantity, item, colour, account, date. */
    private static String germanOrder(Release release, List<String> parts) {
        int item = indexOfGerman(Lexicon.ITEMS, parts.get(1));
        int colour = indexOfGerman(Lexicon.COLOURS, parts.get(2));
        return orderAnswer(
                Lexicon.code(release, item, colour),
                quantity(parts.get(0), Lexicon.NUMBERS_DE),
                parts.get(3),
                germanDate(parts.get(4)));
    }

    private static String orderAnswer(String code, int quantity, String account, String due) {
        return "{\"op\":\"order\",\"sku\":\"" + code + "\",\"qty\":" + quantity + ",\"acct\":" + account + ",\"due\":\""
                + due + "\"}";
    }

    private static String payment(String text) {
        for (PayForm form : PAY_FORMS) {
            Matcher m = form.pattern().matcher(text);
            if (m.matches()) {
                String money = m.group(form.amount());
                String head = "{\"op\":\"pay\",\"inv\":\"" + m.group(form.invoice()) + "\",\"amt\":\"" + amount(money)
                        + "\",\"cur\":\"" + currency(money) + "\",\"st\":\"" + form.state() + "\"";
                return form.date() == 0 ? head + "}" : head + ",\"due\":\"" + date(m.group(form.date())) + "\"}";
            }
        }
        throw unreadable(text);
    }

    private static String amount(String money) {
        String number = money.replaceAll("[^0-9.,]", "");
        int cents = number.length() - 3;
        return number.substring(0, cents).replaceAll("[.,]", "") + "." + number.substring(cents + 1);
    }

    private static String currency(String money) {
        if (money.startsWith("$") || money.endsWith("USD")) {
            return "USD";
        }
        return money.startsWith("£") || money.endsWith("GBP") ? "GBP" : "EUR";
    }

    private static String shipment(String text) {
        Optional<MatchResult> match = match(LEFT, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return parcel(m.group(1), "dep", m.group(2)) + ",\"to\":\"" + city(m.group(3)) + "\",\"g\":" + m.group(4)
                    + "000}";
        }
        match = match(ARRIVED, text);
        if (match.isPresent()) {
            return parcel(match.get().group(1), "arr", match.get().group(2)) + "}";
        }
        match = match(DELAYED, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return parcel(m.group(1), "late", m.group(2)) + ",\"eta\":\"" + date(m.group(3)) + "\"}";
        }
        MatchResult m = match(WEIGHS, text).orElseThrow(() -> unreadable(text));
        return parcel(m.group(3), "wgt", m.group(1)) + ",\"to\":\"" + city(m.group(2)) + "\",\"g\":" + m.group(4) + "}";
    }

    private static String parcel(String number, String event, String place) {
        return "{\"op\":\"ship\",\"no\":\"" + number + "\",\"ev\":\"" + event + "\",\"at\":\"" + city(place) + "\"";
    }

    private static String city(String name) {
        return Lexicon.CITY_CODES.get(index(Lexicon.CITIES, name));
    }

    private static String appointment(String text) {
        Optional<MatchResult> match = match(MEET, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return appointment(m.group(1), m.group(2), m.group(3), m.group(4));
        }
        match = match(WITH, text);
        if (match.isPresent()) {
            MatchResult m = match.get();
            return appointment(m.group(2), m.group(3), m.group(4), m.group(1));
        }
        MatchResult m = match(BOOK, text).orElseThrow(() -> unreadable(text));
        return appointment(m.group(1), m.group(3), m.group(2), m.group(4));
    }

    private static String appointment(String who, String date, String time, String length) {
        int start = minutes(time);
        int end = start + Lexicon.DURATION_MINUTES.get(index(Lexicon.DURATIONS, length));
        return "{\"op\":\"appt\",\"who\":\"" + who + "\",\"day\":\"" + date(date) + "\",\"start\":\"" + clock(start)
                + "\",\"end\":\"" + clock(end) + "\"}";
    }

    private static String clock(int minutes) {
        return two(minutes / 60) + ":" + two(minutes % 60);
    }

    private static int minutes(String time) {
        if (!time.endsWith("m")) {
            return Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
        }
        boolean past = time.startsWith("half past ");
        String hour = time.substring(past ? 10 : 0, time.length() - 3);
        int colon = hour.indexOf(':');
        int minute = past ? 30 : colon < 0 ? 0 : Integer.parseInt(hour.substring(colon + 1));
        String word = colon < 0 ? hour : hour.substring(0, colon);
        int clock = Character.isDigit(word.charAt(0)) ? Integer.parseInt(word) : index(Lexicon.NUMBERS, word);
        return (clock % 12 + (time.endsWith("pm") ? 12 : 0)) * 60 + minute;
    }

    private static int quantity(String text, List<String> numbers) {
        Matcher prefixed = PREFIXED.matcher(text);
        String meant = prefixed.matches() ? prefixed.group(1) : text;
        Matcher cases = CASES.matcher(meant);
        if (cases.matches()) {
            return Integer.parseInt(cases.group(1)) * Integer.parseInt(cases.group(2));
        }
        Matcher dozens = DOZENS.matcher(meant);
        if (dozens.matches()) {
            return 12 * Integer.parseInt(dozens.group(1));
        }
        return Character.isDigit(meant.charAt(0)) ? Integer.parseInt(meant) : index(numbers, meant);
    }

    static String date(String text) {
        if (text.equals("tomorrow")) {
            return "P1D";
        }
        if (text.startsWith("in ")) {
            return "P" + text.charAt(3) + "D";
        }
        if (text.endsWith(" next week")) {
            return "NW-" + weekday(Lexicon.DAYS, text.substring(0, text.length() - 10));
        }
        int space = text.indexOf(' ');
        if (text.startsWith("next ") || space < 0) {
            return "W-" + weekday(Lexicon.DAYS, text.substring(space + 1));
        }
        String first = text.substring(0, space);
        String second = text.substring(space + 1);
        boolean dayFirst = Character.isDigit(first.charAt(0));
        int month = index(Lexicon.MONTHS, dayFirst ? second : first) + 1;
        return two(month) + "-" + two(Integer.parseInt(dayFirst ? first : second));
    }

    private static String germanDate(String text) {
        if (text.equals("morgen")) {
            return "P1D";
        }
        if (text.startsWith("in ")) {
            return "P" + text.charAt(3) + "D";
        }
        if (text.startsWith("bis ")) {
            return "W-" + weekday(Lexicon.DAYS_DE, text.substring(4));
        }
        int dot = text.indexOf('.');
        int day = Integer.parseInt(text.substring(0, dot));
        if (text.endsWith(".")) {
            return text.substring(dot + 1, dot + 3) + "-" + two(day);
        }
        return two(index(Lexicon.MONTHS_DE, text.substring(dot + 2)) + 1) + "-" + two(day);
    }

    private static String weekday(List<String> names, String name) {
        return Lexicon.DAY_CODES.get(index(names, name));
    }

    /** Every word that nobody knows becomes the one entry within one typing error of it. */
    private static String corrected(String text) {
        return LETTERS.matcher(text).replaceAll(result -> correctedWord(result.group()));
    }

    private static String correctedWord(String word) {
        if (Lexicon.MISSPELT.contains(word)) {
            return word;
        }
        if (isOtherWord(word)) {
            return word;
        }
        List<String> near = new ArrayList<>();
        for (String candidate : Lexicon.MISSPELT) {
            // Cheap conditions first: typing errors keep the first letter and lose one letter at most.
            if (candidate.charAt(0) == word.charAt(0)
                    && Math.abs(candidate.length() - word.length()) <= 1
                    && SpellingDistance.between(candidate, word) == 1) {
                near.add(candidate);
            }
        }
        return near.size() == 1 ? near.get(0) : word;
    }

    private static boolean isOtherWord(String word) {
        return Lexicon.NAMES.contains(word)
                || Lexicon.ITEMS.stream().anyMatch(term -> term.aliases().contains(word))
                || Lexicon.COLOURS.stream().anyMatch(term -> term.aliases().contains(word));
    }

    private static int indexOfAlias(List<Lexicon.Term> terms, String alias) {
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).aliases().contains(alias)) {
                return i;
            }
        }
        throw unreadable(alias);
    }

    private static int indexOfGerman(List<Lexicon.Term> terms, String german) {
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).german().equals(german)) {
                return i;
            }
        }
        throw unreadable(german);
    }

    static int index(List<String> list, String word) {
        int index = list.indexOf(word);
        if (index < 0) {
            throw unreadable(word);
        }
        return index;
    }

    static Optional<MatchResult> match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }

    static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("Cannot read '" + text + "'; it is not of the workload's grammar.");
    }
}
