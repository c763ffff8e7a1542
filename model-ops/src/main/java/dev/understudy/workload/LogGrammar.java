package dev.understudy.workload;

import static dev.understudy.workload.Answer.two;
import static dev.understudy.workload.Phrases.pick;

import dev.understudy.workload.Grammar.Line;
import dev.understudy.workload.Workload.Release;
import java.util.SplittableRandom;

/** System log lines. Release c2 adds a last key, the severity of the event. */
final class LogGrammar {
    private LogGrammar() {}

    /** What happened, with its severity under release c2. */
    private record Event(String text, int severity) {}

    static Line write(SplittableRandom random, Release release) {
        int month = random.nextInt(12);
        String day = two(random.nextInt(1, 29));
        String minute = two(random.nextInt(24)) + ":" + two(random.nextInt(60));
        String second = two(random.nextInt(60));
        String host = pick(random, Lexicon.HOSTS) + "-" + two(random.nextInt(1, 21));
        Answer answer = new Answer("log")
                .text("ts", two(month + 1) + "-" + day + "T" + minute)
                .text("host", host);
        Event event = event(random, answer);
        if (release == Release.C2) {
            answer.number("sev", event.severity());
        }
        String stamp = Lexicon.MONTHS.get(month) + " " + day + " " + minute + ":" + second;
        return new Line(stamp + " " + host + " " + event.text(), answer.json());
    }

    private static Event event(SplittableRandom random, Answer answer) {
        String address = random.nextInt(1, 255) + "." + random.nextInt(1, 255) + "." + random.nextInt(1, 255) + "."
                + random.nextInt(1, 255);
        int process = random.nextInt(100, 1000);
        String user = pick(random, Lexicon.USERS);
        switch (random.nextInt(6)) {
            case 0 -> {
                answer.text("ev", "auth_fail").text("user", user).text("ip", address);
                int port = random.nextInt(1024, 9999);
                return new Event(
                        "sshd[" + process + "]: failed password for " + user + " from " + address + " port " + port, 4);
            }
            case 1 -> {
                answer.text("ev", "login").text("user", user).text("ip", address);
                return new Event("sshd[" + process + "]: accepted key for " + user + " from " + address, 6);
            }
            case 2 -> {
                int percent = random.nextInt(70, 100);
                answer.text("ev", "disk").number("pct", percent);
                return new Event("diskmon: /var at " + percent + "%", 3);
            }
            case 3 -> {
                answer.text("ev", "timeout").text("ip", address);
                return new Event("nginx[" + process + "]: upstream timed out, client " + address, 4);
            }
            case 4 -> {
                answer.text("ev", "oom").number("pid", process);
                return new Event("kernel: oom-kill process " + process, 2);
            }
            default -> {
                String unit = pick(random, Lexicon.UNITS);
                answer.text("ev", "unit_fail").text("unit", unit);
                return new Event("systemd: unit " + unit + " failed", 3);
            }
        }
    }
}
