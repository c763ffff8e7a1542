package dev.understudy.infra.bench.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.FrontierReport.Lead;
import dev.understudy.infra.bench.frontier.FrontierReport.Part;
import dev.understudy.infra.bench.frontier.FrontierReport.RowWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    /** A cell in which each policy has the same answers at every share. */
    private static Cell cell(int seed, String learned, String confidence, String bild) {
        List<Cell.Point> points = points("ask-token", learned, confidence, bild);
        List<Cell.Budget> budgets = List.of(new Cell.Budget("served", 0.1, true, 0.09 + 0.01 * seed, 0.5));
        return new Cell("recoded", seed, learned.length(), 500, 0.25, 1, points, budgets, List.of());
    }

    /** The same on the weights of the vocabulary form. */
    private static RowCell rowCell(int seed, String learned, String confidence, String bild) {
        List<Cell.Budget> budgets = List.of(new Cell.Budget("row", 0.1, true, 0.08, 0.5));
        List<Cell.Point> points = points("row", learned, confidence, bild);
        return new RowCell("recoded", seed, learned.length(), 500, budgets, points);
    }

    private static List<Cell.Point> points(String name, String learned, String confidence, String bild) {
        List<Cell.Point> points = new ArrayList<>();
        for (Cost cost : Cost.values()) {
            for (double share : Measuring.SHARES) {
                points.add(point(name, cost, share, learned, 500));
                points.add(point("confidence", cost, share, confidence, 0));
                points.add(point("bild", cost, share, bild, 0));
            }
        }
        return points;
    }

    private static Cell.Point point(String policy, Cost cost, double share, String right, int labelled) {
        return new Cell.Point(policy, cost.title(), share, "price 0.5", right, 100, 10, 12, 70, labelled);
    }

    private static Lead lead(List<Lead> leads, String axis, double share, String field) {
        return leads.stream()
                .filter(one -> one.axis().equals(axis)
                        && one.share() == share
                        && one.field().equals(field))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void meansAreOverSeedsAndIntervalsHoldThem() {
        Part part = new Summary(List.of(cell(0, "1110", "1000", "1111"), cell(1, "0110", "1000", "1111"))).part();

        FrontierReport.Policy learned = part.policies().get(0);
        assertThat(learned.name()).isEqualTo("ask-token");
        assertThat(learned.points()).extracting(FrontierReport.Point::share).containsExactly(0.0, 0.02, 0.05, 0.1, 0.2);
        FrontierReport.Point point = learned.points().get(3);
        assertThat(point.exactMatch()).isEqualTo(0.625, within(1e-12));
        assertThat(point.low()).isGreaterThanOrEqualTo(0).isLessThan(0.625);
        assertThat(point.high()).isGreaterThan(0.625).isLessThanOrEqualTo(1);
        assertThat(point.used()).isEqualTo(0.1, within(1e-12));
        assertThat(point.forwards()).isEqualTo(0.12, within(1e-12));
        assertThat(part.prompts()).isEqualTo(8);
        assertThat(part.budgets().get(0).use()).isEqualTo(0.095, within(1e-12));
        assertThat(part.budgets().get(0).highest()).isEqualTo(0.1, within(1e-12));
    }

    @Test
    void leadsArePairedAndOverTheBestRivalOfEachField() {
        Part part = new Summary(List.of(cell(0, "1110", "1000", "1111"), cell(1, "0110", "1000", "1111"))).part();

        Lead deciding = lead(part.leads(), "written", 0.1, "deciding");
        assertThat(deciding.rival()).isEqualTo("confidence");
        assertThat(deciding.points()).isEqualTo(0.375, within(1e-12));
        Lead all = lead(part.leads(), "forwards", 0.1, "all");
        assertThat(all.rival()).isEqualTo("bild");
        assertThat(all.points()).isEqualTo(-0.375, within(1e-12));
    }

    @Test
    void nothingIsAheadOfItselfWhateverIsDrawn() {
        Part part = new Summary(List.of(cell(0, "1010", "1010", "0000"))).part();
        Lead lead = lead(part.leads(), "written", 0.2, "all");
        assertThat(List.of(lead.points(), lead.low(), lead.high())).containsOnly(0.0);
    }

    @Test
    void aMeasuredCellIsFoundAgainUnlessItWasMeasuredOtherwise(@TempDir Path work) {
        Cell cell = cell(2, "1110", "1000", "1111");
        cell.write(work, Situation.RECODED);

        assertThat(Cell.read(work, Situation.RECODED, 2, 4, 500)).contains(cell);
        assertThat(Cell.read(work, Situation.RECODED, 1, 4, 500)).isEmpty();
        assertThat(Cell.read(work, Situation.MIXED, 2, 4, 500)).isEmpty();
        assertThat(Cell.read(work, Situation.RECODED, 2, 8, 500)).isEmpty();
        assertThat(Cell.read(work, Situation.RECODED, 2, 4, 100)).isEmpty();
    }

    @Test
    void theVocabularyFormLeadsOverTheBestRivalOnItsOwnWeights() {
        RowWeights rows = Summary.rows(List.of(rowCell(0, "1110", "1000", "1111"), rowCell(1, "0110", "1000", "1111")));

        assertThat(rows.name()).isEqualTo("recoded");
        assertThat(rows.seeds()).isEqualTo(2);
        assertThat(rows.prompts()).isEqualTo(8);
        assertThat(rows.labelledSequences()).isEqualTo(500);
        assertThat(rows.policies())
                .extracting(FrontierReport.Policy::name)
                .containsExactly("row", "confidence", "bild");
        assertThat(rows.policiesByForwards().get(0).points().get(3).exactMatch())
                .isEqualTo(0.625, within(1e-12));
        Lead deciding = lead(rows.leads(), "written", 0.1, "deciding");
        assertThat(deciding.rival()).isEqualTo("confidence");
        assertThat(deciding.points()).isEqualTo(0.375, within(1e-12));
        assertThat(deciding.low()).isLessThan(0.375);
        Lead all = lead(rows.leads(), "forwards", 0.1, "all");
        assertThat(all.rival()).isEqualTo("bild");
        assertThat(all.points()).isEqualTo(-0.375, within(1e-12));
    }

    @Test
    void aMeasuredRowCellIsFoundAgainUnlessItWasMeasuredOtherwise(@TempDir Path work) {
        RowCell cell = rowCell(2, "1110", "1000", "1111");
        cell.write(work);

        assertThat(RowCell.read(work, Situation.RECODED, 2, 4, 500)).contains(cell);
        assertThat(RowCell.read(work, Situation.RECODED, 1, 4, 500)).isEmpty();
        assertThat(RowCell.read(work, Situation.MIXED, 2, 4, 500)).isEmpty();
        assertThat(RowCell.read(work, Situation.RECODED, 2, 8, 500)).isEmpty();
        assertThat(RowCell.read(work, Situation.RECODED, 2, 4, 100)).isEmpty();
    }

    @Test
    void aRowCellInWhichNoRivalWasMeasuredIsMeasuredAnew(@TempDir Path work) throws IOException {
        Files.writeString(work.resolve("rows-recoded-2.json"), """
                {"situation": "recoded", "seed": 2, "prompts": 4, "labelled": 500, "budgets": []}
                """);

        assertThat(RowCell.read(work, Situation.RECODED, 2, 4, 500)).isEmpty();
    }

    @Test
    void eachTableOfTheTextSaysWhatWasUsedOfItsOwnCost() {
        Part part = new Summary(List.of(cell(0, "1110", "1000", "1111"))).part();
        String text = new FrontierReport(List.of(part), List.of()).text();
        int forwards = text.indexOf("by forwards");

        assertThat(text.substring(0, forwards)).contains("@10.0").doesNotContain("@12.0");
        assertThat(text.substring(forwards)).contains("@12.0").doesNotContain("@10.0");
    }

    @Test
    void theTextNamesEveryPolicyAndBudget() {
        Part part = new Summary(List.of(cell(0, "1110", "1000", "1111"))).part();
        RowWeights rows = Summary.rows(List.of(rowCell(0, "0110", "0000", "1111")));
        String text = new FrontierReport(List.of(part), List.of(rows)).text();
        assertThat(text)
                .contains("recoded: 1 seeds, 4 prompts, 500 labelled sequences", "ask-token", "confidence", "bild")
                .contains("budget 10 %, served", "lead at 10 % written over deciding rivals: +50.0 points");
        assertThat(text.substring(text.indexOf("weights of the vocabulary form")))
                .contains("1 seeds, 4 prompts, 500 labelled sequences", "row ", "confidence", "bild")
                .contains("  the same by forwards of the teacher per output token")
                .contains("lead at 10 % written over deciding rivals: +50.0 points")
                .contains("lead at 10 % forwards over all rivals: -50.0 points (-100.0 to +0.0), best rival bild");
    }
}
