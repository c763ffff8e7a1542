package dev.understudy.workload;

import java.util.Arrays;
import java.util.List;

/**
 * What kind of line a prompt holds. The id is what stands on topics, in gates and in reports; the header is what the
 * model sees, so that the answer stays a function of the prompt. Releases c1 and c2 differ in 30 % of the stock codes
 * and in one key of log answers.
 */
public enum Workload {
    ORDER_C1("order-c1", Family.ORDER, Release.C1, 0),
    ORDER_C2("order-c2", Family.ORDER, Release.C2, 0),
    ORDER_DE_C1("order_de-c1", Family.ORDER_DE, Release.C1, 0),
    ORDER_DE_C2("order_de-c2", Family.ORDER_DE, Release.C2, 0),
    PAY_US("pay-us", Family.PAY, Release.C1, 0),
    PAY_EU("pay-eu", Family.PAY, Release.C1, 1),
    LOG_C1("log-c1", Family.LOG, Release.C1, 0),
    LOG_C2("log-c2", Family.LOG, Release.C2, 0),
    SHIP_C1("ship-c1", Family.SHIP, Release.C1, 0),
    APPT_C1("appt-c1", Family.APPT, Release.C1, 0);

    /** Kinds of line; each has its own grammar and answer keys. */
    enum Family {
        ORDER("order"),
        ORDER_DE("order_de"),
        PAY("pay"),
        LOG("log"),
        SHIP("ship"),
        APPT("appt");

        final String header;

        Family(String header) {
            this.header = header;
        }

        static Family ofHeader(String header) {
            for (Family family : values()) {
                if (family.header.equals(header)) {
                    return family;
                }
            }
            throw new IllegalArgumentException("Cannot read a line of family '" + header
                    + "'; expected one of order, order_de, pay, log, ship, appt.");
        }
    }

    /** Version of codes and answer keys. */
    enum Release {
        C1("c1"),
        C2("c2");

        final String header;

        Release(String header) {
            this.header = header;
        }

        static Release ofHeader(String header) {
            for (Release release : values()) {
                if (release.header.equals(header)) {
                    return release;
                }
            }
            throw new IllegalArgumentException(
                    "Cannot read a line of release '" + header + "'; expected one of c1, c2.");
        }
    }

    private final String id;
    final Family family;
    final Release release;
    final double europeanShare;

    Workload(String id, Family family, Release release, double europeanShare) {
        this.id = id;
        this.family = family;
        this.release = release;
        this.europeanShare = europeanShare;
    }

    /** Name on topics and in reports, for example {@code order-c1}. */
    public String id() {
        return id;
    }

    /** The workload of an id. */
    public static Workload of(String id) {
        for (Workload workload : values()) {
            if (workload.id.equals(id)) {
                return workload;
            }
        }
        List<String> known = Arrays.stream(values()).map(Workload::id).toList();
        throw new IllegalArgumentException("Workload '" + id + "' is not known; expected one of " + known + ".");
    }

    /** The line's start: family, release and a bar. */
    String header() {
        return family.header + " " + release.header + " | ";
    }
}
