package dev.understudy.workload;

/** Builds one minified JSON answer; keys keep the order in which they are added. Values need no escaping here. */
final class Answer {
    private final StringBuilder json = new StringBuilder(96);

    Answer(String operation) {
        json.append("{\"op\":\"").append(operation).append('"');
    }

    Answer text(String key, String value) {
        json.append(",\"").append(key).append("\":\"").append(value).append('"');
        return this;
    }

    Answer number(String key, int value) {
        json.append(",\"").append(key).append("\":").append(value);
        return this;
    }

    String json() {
        return json + "}";
    }

    /** A number below 100 with two digits. */
    static String two(int number) {
        return number < 10 ? "0" + number : String.valueOf(number);
    }
}
