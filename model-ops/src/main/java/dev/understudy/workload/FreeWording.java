package dev.understudy.workload;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Lines whose answers end in a courtesy message that anybody may word as he likes: twelve wordings are right. A student
 * is never sure of them and need not be, so they show whether asking tells doubt that matters from doubt that does not.
 */
public final class FreeWording {
    private static final String FIELD = ",\"msg\":\"";
    private static final String END = "\"}";
    private static final List<String> WORDINGS = List.of(
            "noted, thanks",
            "got it",
            "order received",
            "on its way",
            "we will confirm",
            "thank you",
            "all set",
            "will do",
            "received, thanks",
            "confirmed",
            "booked for you",
            "consider it done");

    private FreeWording() {}

    /**
     * The example with a message: its header says {@code note} after the family, its answer ends in one of the
     * wordings.
     *
     * @param random draws the wording
     */
    public static Example of(Example plain, SplittableRandom random) {
        int end = plain.prompt().indexOf(' ');
        String prompt =
                plain.prompt().substring(0, end) + " note" + plain.prompt().substring(end);
        String wording = WORDINGS.get(random.nextInt(WORDINGS.size()));
        String answer = plain.answer().substring(0, plain.answer().length() - 1) + FIELD + wording + END;
        return new Example(plain.workload(), prompt, answer);
    }

    /** Exact match where the message may be any of the wordings. */
    public static boolean matches(String answer, String gold) {
        if (answer.equals(gold)) {
            return true;
        }
        int here = answer.lastIndexOf(FIELD);
        int there = gold.lastIndexOf(FIELD);
        boolean bothNoted = here >= 0 && there >= 0 && answer.endsWith(END);
        return bothNoted
                && answer.substring(0, here).equals(gold.substring(0, there))
                && WORDINGS.contains(answer.substring(here + FIELD.length(), answer.length() - END.length()));
    }
}
