package dev.understudy.workload;

import dev.understudy.workload.Workload.Release;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads log lines for {@link InverseParser}. */
final class LogParser {
    private static final Pattern LINE =
            Pattern.compile("([a-z]{3}) (\\d\\d) (\\d\\d:\\d\\d):\\d\\d ([a-z]+-\\d\\d) (.+)");
    private static final Pattern WORD_SEPARATOR = Pattern.compile("[ ,]+");

    private LogParser() {}

    static String answer(String text, Release release) {
        MatchResult line = InverseParser.match(LINE, text).orElseThrow(() -> InverseParser.unreadable(text));
        String date = InverseParser.date(line.group(1) + " " + Integer.parseInt(line.group(2)));
        String head = "{\"op\":\"log\",\"ts\":\"" + date + "T" + line.group(3) + "\",\"host\":\"" + line.group(4)
                + "\",\"ev\":\"";
        String event = line.group(5);
        String[] words = WORD_SEPARATOR.split(event, -1);
        String last = words[words.length - 1];
        if (event.contains("failed password")) {
            return head + "auth_fail\",\"user\":\"" + words[4] + "\",\"ip\":\"" + words[6] + '"' + end(release, 4);
        }
        if (event.contains("accepted key")) {
            return head + "login\",\"user\":\"" + words[4] + "\",\"ip\":\"" + last + '"' + end(release, 6);
        }
        if (event.startsWith("diskmon:")) {
            return head + "disk\",\"pct\":" + last.substring(0, last.length() - 1) + end(release, 3);
        }
        if (event.contains("upstream timed out")) {
            return head + "timeout\",\"ip\":\"" + last + '"' + end(release, 4);
        }
        if (event.contains("oom-kill")) {
            return head + "oom\",\"pid\":" + last + end(release, 2);
        }
        if (event.startsWith("systemd: unit ")) {
            return head + "unit_fail\",\"unit\":\"" + words[2] + '"' + end(release, 3);
        }
        throw InverseParser.unreadable(text);
    }

    private static String end(Release release, int severity) {
        return release == Release.C2 ? ",\"sev\":" + severity + "}" : "}";
    }
}
