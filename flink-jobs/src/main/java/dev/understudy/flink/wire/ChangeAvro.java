package dev.understudy.flink.wire;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Scope;
import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpUnit;
import dev.understudy.wire.budget.TargetKind;
import org.jspecify.annotations.Nullable;

/** Changes of caps and targets as they cross Kafka. */
public final class ChangeAvro {
    /** Who wrote records that only repeat what the job was started with. */
    public static final String SETTINGS = "settings";

    private ChangeAvro() {}

    /** The record of a change; {@code by} is who made it. */
    public static BudgetConfigured fromDomain(BudgetChange change, String by) {
        HelpTarget target = change.target();
        return BudgetConfigured.newBuilder()
                .setTenant(change.scope().tenant())
                .setWorkload(change.scope().part())
                .setUnit(unit(change.unit()))
                .setWindowMillis(0)
                .setCap(change.cap())
                .setTarget(target == null ? null : value(target))
                .setTargetKind(target == null ? null : kind(target))
                .setConfiguredAt(change.at())
                .setBy(by)
                .build();
    }

    /**
     * The change in a record.
     *
     * @throws IllegalArgumentException when it cannot be meant
     */
    public static BudgetChange toDomain(BudgetConfigured record) {
        return new BudgetChange(
                new Scope(record.getTenant(), record.getWorkload()),
                BudgetRecords.unit(record.getUnit()),
                record.getCap(),
                target(record),
                record.getConfiguredAt());
    }

    /** The wire's name of a unit. */
    public static HelpUnit unit(BudgetUnit unit) {
        return switch (unit) {
            case TOKENS -> HelpUnit.TEACHER_TOKENS;
            case CALLS -> HelpUnit.TEACHER_CALLS;
            case MICRO_DOLLARS -> HelpUnit.MICRO_DOLLARS;
        };
    }

    /** Whether an operator made it, rather than the ledger that says what the settings are. */
    static boolean isAnOperators(BudgetConfigured record) {
        return !SETTINGS.equals(record.getBy());
    }

    private static @Nullable HelpTarget target(BudgetConfigured record) {
        TargetKind kind = record.getTargetKind();
        Double value = record.getTarget();
        if (kind == null || value == null) {
            return null;
        }
        return switch (kind) {
            case SHARE -> new HelpTarget.Share(value);
            case QUALITY -> new HelpTarget.Quality(value);
            case SPEND -> new HelpTarget.Spend(value);
            case DELAY -> new HelpTarget.Delay(value);
            case FIXED -> new HelpTarget.Fixed();
        };
    }

    private static TargetKind kind(HelpTarget target) {
        if (target instanceof HelpTarget.Share) {
            return TargetKind.SHARE;
        } else if (target instanceof HelpTarget.Quality) {
            return TargetKind.QUALITY;
        } else if (target instanceof HelpTarget.Spend) {
            return TargetKind.SPEND;
        }
        return target instanceof HelpTarget.Delay ? TargetKind.DELAY : TargetKind.FIXED;
    }

    private static double value(HelpTarget target) {
        if (target instanceof HelpTarget.Share share) {
            return share.share();
        } else if (target instanceof HelpTarget.Quality quality) {
            return quality.agreement();
        } else if (target instanceof HelpTarget.Spend spend) {
            return spend.microDollars();
        }
        return target instanceof HelpTarget.Delay delay ? delay.millis() : 0;
    }
}
