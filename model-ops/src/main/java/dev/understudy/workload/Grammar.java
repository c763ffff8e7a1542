package dev.understudy.workload;

import static dev.understudy.workload.Answer.two;
import static dev.understudy.workload.Phrases.pick;

import dev.understudy.workload.Phrases.Amount;
import dev.understudy.workload.Phrases.Phrase;
import dev.understudy.workload.Phrases.Quantity;
import dev.understudy.workload.Phrases.TimeOfDay;
import dev.understudy.workload.Workload.Release;
import java.util.SplittableRandom;

/** The sentence forms of each family with the answer that each derivation means. */
final class Grammar {
    private static final String PARCEL_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";

    private Grammar() {}

    /** One derivation: the line after the header, and its answer. */
    record Line(String text, String answer) {}

    static Line write(SplittableRandom random, Workload workload, Knobs knobs) {
        Line line = switch (workload.family) {
            case ORDER -> order(random, workload.release, knobs);
            case ORDER_DE -> germanOrder(random, workload.release);
            case PAY -> payment(random, workload.europeanShare, knobs);
            case LOG -> LogGrammar.write(random, workload.release);
            case SHIP -> shipment(random, knobs);
            case APPT -> appointment(random, knobs);
        };
        return switch (workload.family) {
            case ORDER, PAY, SHIP, APPT ->
                new Line(Misspelling.apply(random, line.text(), knobs.typoRate()), line.answer());
            case ORDER_DE, LOG -> line;
        };
    }

    private static Line order(SplittableRandom random, Release release, Knobs knobs) {
        int item = random.nextInt(Lexicon.ITEMS.size());
        int colour = random.nextInt(Lexicon.COLOURS.size());
        int account = random.nextInt(1000, 10000);
        Quantity quantity = Phrases.quantity(random, knobs.hard());
        String itemName = pick(random, Lexicon.ITEMS.get(item).aliases());
        String colourName = pick(random, Lexicon.COLOURS.get(colour).aliases());
        String thing = random.nextDouble() < 0.6 ? colourName + " " + itemName : itemName + " (" + colourName + ")";
        Phrase date = Phrases.date(random, knobs.hard());
        String q = quantity.text();
        String d = date.text();
        String text = switch (random.nextInt(5)) {
            case 0 -> "pls send " + q + " " + thing + " to acct " + account + " by " + d;
            case 1 -> "acct " + account + " needs " + q + " " + thing + " " + d;
            case 2 -> d + ": " + q + " " + thing + " for " + account + " thx";
            case 3 -> "can we get " + q + " " + thing + ", account " + account + ", due " + d + "?";
            default -> "order " + q + " x " + thing + " (" + account + ") deliver " + d;
        };
        return new Line(text, orderAnswer(Lexicon.code(release, item, colour), quantity, account, date));
    }

    private static Line germanOrder(SplittableRandom random, Release release) {
        int item = random.nextInt(Lexicon.ITEMS.size());
        int colour = random.nextInt(Lexicon.COLOURS.size());
        int account = random.nextInt(1000, 10000);
        Quantity quantity = Phrases.germanQuantity(random);
        Phrase date = Phrases.germanDate(random);
        String i = Lexicon.ITEMS.get(item).german();
        String c = Lexicon.COLOURS.get(colour).german();
        String q = quantity.text();
        String d = date.text();
        String text = switch (random.nextInt(3)) {
            case 0 -> "bitte " + q + " " + i + " " + c + " an konto " + account + " " + d;
            case 1 -> "konto " + account + " braucht " + q + " " + i + " (" + c + ") " + d;
            default -> d + " " + q + " x " + i + " " + c + " für " + account + " danke";
        };
        return new Line(text, orderAnswer(Lexicon.code(release, item, colour), quantity, account, date));
    }

    private static String orderAnswer(String code, Quantity quantity, int account, Phrase date) {
        return new Answer("order")
                .text("sku", code)
                .number("qty", quantity.value())
                .number("acct", account)
                .text("due", date.value())
                .json();
    }

    private static Line payment(SplittableRandom random, double europeanShare, Knobs knobs) {
        String invoice = random.nextInt(10, 100) + "-" + random.nextInt(100, 1000);
        Amount amount = Phrases.amount(random, knobs, europeanShare);
        Phrase date = Phrases.date(random, knobs.hard());
        String s = amount.text();
        String d = date.text();
        int form = random.nextInt(8);
        String text = switch (form) {
            case 0 -> "invoice " + invoice + " for " + s + " is due " + d;
            case 1 -> "inv " + invoice + ": we paid " + s + " on time";
            case 2 -> "pls settle " + s + " (" + invoice + ") by " + d;
            case 3 -> s + " received for invoice " + invoice;
            case 4 -> "rechnung " + invoice + " über " + s;
            case 5 -> "offen: " + s + " für rechnung " + invoice;
            case 6 -> "rg " + invoice + " " + s + " überwiesen";
            default -> invoice + " still open, " + s + ", pay by " + d;
        };
        boolean paid = form == 1 || form == 3 || form == 6;
        Answer answer = new Answer("pay")
                .text("inv", invoice)
                .text("amt", amount.value())
                .text("cur", amount.currency())
                .text("st", paid ? "paid" : "open");
        boolean dated = form == 0 || form == 2 || form == 7;
        return new Line(text, dated ? answer.text("due", date.value()).json() : answer.json());
    }

    private static Line shipment(SplittableRandom random, Knobs knobs) {
        StringBuilder number = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            number.append(PARCEL_LETTERS.charAt(random.nextInt(PARCEL_LETTERS.length())));
        }
        for (int i = 0; i < 6; i++) {
            number.append(random.nextInt(10));
        }
        int from = random.nextInt(Lexicon.CITIES.size());
        int to = (from + random.nextInt(1, Lexicon.CITIES.size())) % Lexicon.CITIES.size();
        String a = Lexicon.CITIES.get(from);
        String b = Lexicon.CITIES.get(to);
        Answer answer = new Answer("ship").text("no", number.toString());
        switch (random.nextInt(4)) {
            case 0 -> {
                int kilograms = random.nextInt(1, 200);
                String text = "parcel " + number + " left " + a + " for " + b + ", " + kilograms + " kg";
                place(answer, "dep", from)
                        .text("to", Lexicon.CITY_CODES.get(to))
                        .number("g", kilograms * 1000);
                return new Line(text, answer.json());
            }
            case 1 -> {
                String text = "parcel " + number + " arrived " + a + " hub";
                return new Line(text, place(answer, "arr", from).json());
            }
            case 2 -> {
                Phrase date = Phrases.date(random, knobs.hard());
                String text = number + " delayed at " + a + ", new eta " + date.text();
                return new Line(
                        text,
                        place(answer, "late", from).text("eta", date.value()).json());
            }
            default -> {
                int grams = 50 * random.nextInt(1, 200);
                String text = "from " + a + " to " + b + ": " + number + " weighs " + grams + " g";
                place(answer, "wgt", from)
                        .text("to", Lexicon.CITY_CODES.get(to))
                        .number("g", grams);
                return new Line(text, answer.json());
            }
        }
    }

    private static Answer place(Answer answer, String event, int city) {
        return answer.text("ev", event).text("at", Lexicon.CITY_CODES.get(city));
    }

    private static Line appointment(SplittableRandom random, Knobs knobs) {
        String who = pick(random, Lexicon.NAMES);
        TimeOfDay time = Phrases.timeOfDay(random);
        int length = random.nextInt(Lexicon.DURATIONS.size());
        String u = Lexicon.DURATIONS.get(length);
        Phrase date = Phrases.date(random, knobs.hard());
        String d = date.text();
        String text = switch (random.nextInt(3)) {
            case 0 -> "meet " + who + " " + d + " at " + time.text() + " for " + u;
            case 1 -> u + " with " + who + ", " + d + " " + time.text();
            default -> "book " + who + " at " + time.text() + " " + d + " (" + u + ")";
        };
        int end = time.minutes() + Lexicon.DURATION_MINUTES.get(length);
        String answer = new Answer("appt")
                .text("who", who)
                .text("day", date.value())
                .text("start", two(time.minutes() / 60) + ":" + two(time.minutes() % 60))
                .text("end", two(end / 60) + ":" + two(end % 60))
                .json();
        return new Line(text, answer);
    }
}
