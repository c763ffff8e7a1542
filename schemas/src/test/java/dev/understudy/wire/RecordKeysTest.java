package dev.understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.HelpSpent;
import dev.understudy.wire.budget.HelpUnit;
import dev.understudy.wire.budget.PriceSet;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecordKeysTest {
    @Test
    void aGrantIsKeyedByItsWholeScopeAndNotByItsEpoch() {
        HelpGranted grant = FilledRecords.filled(HelpGranted.class, 1);
        grant.setTenant("acme");
        grant.setWorkload("*");
        grant.setUnit(HelpUnit.TEACHER_TOKENS);
        grant.setWindowStart(Instant.ofEpochMilli(60_000));
        grant.setShard("decode-17");
        assertThat(RecordKeys.of(grant)).isEqualTo("granted/acme/*/TEACHER_TOKENS/60000/decode-17");
    }

    @Test
    void usageIsKeyedByItsOwnerToo() {
        HelpSpent spent = FilledRecords.filled(HelpSpent.class, 1);
        spent.setTenant("acme");
        spent.setWorkload("*");
        spent.setUnit(HelpUnit.MICRO_DOLLARS);
        spent.setWindowStart(Instant.ofEpochMilli(60_000));
        spent.setShard("decode-17");
        spent.setOwnerEpoch(4);
        assertThat(RecordKeys.of(spent)).isEqualTo("spent/acme/*/MICRO_DOLLARS/60000/decode-17/4");
    }

    @Test
    void pricesOfTwoVersionsStandBesideEachOther() {
        PriceSet first = price("a", "b");
        first.setVersion("v1");
        PriceSet second = price("a", "b");
        second.setVersion("v2");
        assertThat(RecordKeys.of(first)).isNotEqualTo(RecordKeys.of(second));
    }

    @Test
    void aTenantWithASlashCannotImitateAnother() {
        assertThat(RecordKeys.of(price("a/b", "c"))).isNotEqualTo(RecordKeys.of(price("a", "b/c")));
    }

    private static PriceSet price(String tenant, String workload) {
        PriceSet price = FilledRecords.filled(PriceSet.class, 1);
        price.setTenant(tenant);
        price.setWorkload(workload);
        return price;
    }
}
