package dev.understudy.gate;

import java.util.ArrayList;
import java.util.List;

/** The gate's decision with everything it rests on. */
public sealed interface GateVerdict {
    /** The rules that were applied, in the order of {@link GateRule}: that of the ask head only where there is one. */
    List<RuleOutcome> rules();

    /** One entry a workload, by name. */
    List<WorkloadFigures> workloads();

    boolean accepted();

    /** One sentence a failed rule; empty when accepted. */
    default List<String> reasons() {
        return rules().stream()
                .filter(rule -> !rule.passed())
                .map(rule -> rule.rule() + ": " + rule.detail())
                .toList();
    }

    /** The same verdict with one more rule, which a candidate must hold too. */
    default GateVerdict and(RuleOutcome rule) {
        List<RuleOutcome> all = new ArrayList<>(rules());
        all.add(rule);
        return accepted() && rule.passed() ? new Accepted(all, workloads()) : new Rejected(all, workloads());
    }

    /** The candidate may be published. */
    record Accepted(List<RuleOutcome> rules, List<WorkloadFigures> workloads) implements GateVerdict {
        public Accepted {
            rules = List.copyOf(rules);
            workloads = List.copyOf(workloads);
        }

        @Override
        public boolean accepted() {
            return true;
        }
    }

    /** The serving version stays. */
    record Rejected(List<RuleOutcome> rules, List<WorkloadFigures> workloads) implements GateVerdict {
        public Rejected {
            rules = List.copyOf(rules);
            workloads = List.copyOf(workloads);
        }

        @Override
        public boolean accepted() {
            return false;
        }
    }
}
