package dev.understudy.workload;

import static dev.understudy.workload.Answer.two;

import java.util.List;
import java.util.SplittableRandom;

/** Parts of lines that several families share: dates, quantities, amounts, times, each with its value. */
final class Phrases {
    private static final List<Integer> CASE_SIZES = List.of(6, 10, 20, 24);

    private Phrases() {}

    /** Words and what they mean. */
    record Phrase(String text, String value) {}

    /** Words and the number they mean. */
    record Quantity(String text, int value) {}

    /** An amount of money; the value is a plain decimal. */
    record Amount(String text, String value, String currency) {}

    /** A time of day in minutes after midnight. */
    record TimeOfDay(String text, int minutes) {}

    static <T> T pick(SplittableRandom random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** An explicit date answers MM-DD, a relative one its symbol: P1D, P3D, W-FRI, NW-MON. */
    static Phrase date(SplittableRandom random, boolean hard) {
        int month = random.nextInt(12);
        int day = random.nextInt(1, 29);
        double kind = random.nextDouble();
        if (kind < 0.5) {
            String name = Lexicon.MONTHS.get(month);
            String text = random.nextBoolean() ? day + " " + name : name + " " + day;
            return new Phrase(text, two(month + 1) + "-" + two(day));
        }
        if (kind < 0.62) {
            return new Phrase("tomorrow", "P1D");
        }
        if (kind < 0.76) {
            int days = random.nextInt(2, 10);
            return new Phrase("in " + days + " days", "P" + days + "D");
        }
        int weekday = random.nextInt(7);
        String name = Lexicon.DAYS.get(weekday);
        String code = Lexicon.DAY_CODES.get(weekday);
        if (hard && kind > 0.9) {
            return new Phrase(name + " next week", "NW-" + code);
        }
        return new Phrase(random.nextDouble() < 0.3 ? "next " + name : name, "W-" + code);
    }

    static Phrase germanDate(SplittableRandom random) {
        int month = random.nextInt(12);
        int day = random.nextInt(1, 29);
        double kind = random.nextDouble();
        if (kind < 0.5) {
            String text = random.nextBoolean()
                    ? day + ". " + Lexicon.MONTHS_DE.get(month)
                    : two(day) + "." + two(month + 1) + ".";
            return new Phrase(text, two(month + 1) + "-" + two(day));
        }
        if (kind < 0.65) {
            return new Phrase("morgen", "P1D");
        }
        if (kind < 0.8) {
            int days = random.nextInt(2, 10);
            return new Phrase("in " + days + " tagen", "P" + days + "D");
        }
        int weekday = random.nextInt(7);
        return new Phrase("bis " + Lexicon.DAYS_DE.get(weekday), "W-" + Lexicon.DAY_CODES.get(weekday));
    }

    static Quantity quantity(SplittableRandom random, boolean hard) {
        Quantity meant = plainQuantity(random, hard);
        if (hard && random.nextDouble() < 0.15) {
            int wrong = random.nextInt(1, 100);
            String text =
                    random.nextBoolean() ? "not " + wrong + " but " + meant.text() : wrong + " no wait " + meant.text();
            return new Quantity(text, meant.value());
        }
        return meant;
    }

    private static Quantity plainQuantity(SplittableRandom random, boolean hard) {
        double kind = random.nextDouble();
        if (kind < 0.5) {
            int n = random.nextInt(1, 100);
            return new Quantity(String.valueOf(n), n);
        }
        if (kind < 0.65) {
            int n = random.nextInt(2, 13);
            return new Quantity(Lexicon.NUMBERS.get(n), n);
        }
        if (kind < 0.8 || !hard) {
            int n = random.nextInt(2, 9);
            return new Quantity(n + (random.nextBoolean() ? " dz" : " dozen"), 12 * n);
        }
        int n = random.nextInt(2, 10);
        int size = pick(random, CASE_SIZES);
        return new Quantity(n + " cases of " + size, n * size);
    }

    static Quantity germanQuantity(SplittableRandom random) {
        if (random.nextDouble() < 0.15) {
            int dozens = random.nextInt(2, 9);
            return new Quantity(dozens + " dutzend", 12 * dozens);
        }
        int n = random.nextDouble() < 0.7 ? random.nextInt(1, 100) : random.nextInt(2, 13);
        boolean spelt = n >= 2 && n <= 12 && random.nextDouble() < 0.6;
        return new Quantity(spelt ? Lexicon.NUMBERS_DE.get(n) : String.valueOf(n), n);
    }

    static Amount amount(SplittableRandom random, Knobs knobs, double europeanShare) {
        int digits = knobs.amountDigits() - 2 - random.nextInt(3);
        int whole = random.nextInt(10, (int) Math.pow(10, digits));
        String cents = two(random.nextInt(100));
        boolean european = random.nextDouble() < europeanShare;
        boolean grouped = random.nextDouble() < 0.6;
        String value = whole + "." + cents;
        if (european) {
            String text = (grouped ? grouped(whole, '.') : String.valueOf(whole)) + "," + cents;
            return new Amount(text + (random.nextBoolean() ? " EUR" : " €"), value, "EUR");
        }
        String text = (grouped ? grouped(whole, ',') : String.valueOf(whole)) + "." + cents;
        boolean dollars = random.nextBoolean();
        String currency = dollars ? "USD" : "GBP";
        return new Amount(random.nextBoolean() ? (dollars ? "$" : "£") + text : text + " " + currency, value, currency);
    }

    private static String grouped(int number, char separator) {
        StringBuilder digits = new StringBuilder(String.valueOf(number));
        for (int i = digits.length() - 3; i > 0; i -= 3) {
            digits.insert(i, separator);
        }
        return digits.toString();
    }

    static TimeOfDay timeOfDay(SplittableRandom random) {
        int hour = random.nextInt(7, 19);
        int quarter = 15 * random.nextInt(4);
        int clock = (hour - 1) % 12 + 1;
        String half = hour < 12 ? " am" : " pm";
        double kind = random.nextDouble();
        if (kind < 0.4) {
            return new TimeOfDay(two(hour) + ":" + two(quarter), hour * 60 + quarter);
        }
        if (kind < 0.8) {
            return new TimeOfDay(clock + (quarter == 0 ? "" : ":" + two(quarter)) + half, hour * 60 + quarter);
        }
        if (kind < 0.9) {
            return new TimeOfDay("half past " + Lexicon.NUMBERS.get(clock) + half, hour * 60 + 30);
        }
        return new TimeOfDay(Lexicon.NUMBERS.get(clock) + half, hour * 60);
    }
}
